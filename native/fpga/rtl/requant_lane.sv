// One lane of the requantisation, bit-exact to native/engine/arithmetic.h. A sum enters each cycle; the result comes eight
// cycles later. Left shifts go to 8: a larger one saturates every sum but 0 to the same result.
//
//   v = acc + bias            1
//   m, s, l by the sign of v  2
//   a = sat(v << l)           3
//   a * m in two parts        4
//   t = (a * m + 2^14) >> 15  5
//   t + (1 << s >> 1)         6
//   >> s                      7
//   clamp                     8
module requant_lane (
  input  logic clk_i,
  input  logic [31:0] acc_i,
  input  logic [31:0] bias_i,
  input  logic [24:0] scale_i,            // {l[3:0], s[4:0], m[15:0]}, with acc_i
  input  logic leaky_i,                   // with acc_i
  input  logic [24:0] negative_scale_i,   // a cycle after acc_i
  input  logic [7:0] low_i,               // seven cycles after acc_i
  input  logic [7:0] high_i,
  output logic [31:0] biased_o,           // a cycle after acc_i
  output logic [7:0] y_o
);
  // 1
  logic [31:0] v1_q;
  logic [24:0] scale1_q;
  logic leaky1_q;
  // 2
  logic [31:0] v2_q;
  logic [24:0] scale2_q;
  // 3
  logic [39:0] wide;
  logic overflow;
  logic signed [31:0] a3_q;
  logic signed [15:0] m3_q;
  logic [4:0] s3_q, s4_q, s5_q, s6_q;
  // 4
  logic signed [33:0] low_product_q;
  logic signed [30:0] high_product_q;
  // 5
  logic signed [48:0] product;
  logic signed [31:0] t5_q;
  // 6, 7, 8
  logic [31:0] half;
  logic signed [32:0] rounded_q, shifted_q;

  assign biased_o = v1_q;
  assign wide = 40'($signed(v2_q)) <<< scale2_q[24:21];
  assign overflow = wide[39:31] != {9{wide[39]}};
  assign product = 49'(low_product_q) + (49'(high_product_q) <<< 17) + 49'sd16384;
  assign half = (32'd1 << s5_q) >> 1;

  always_ff @(posedge clk_i) begin
    v1_q <= acc_i + bias_i;
    scale1_q <= scale_i;
    leaky1_q <= leaky_i;

    v2_q <= v1_q;
    scale2_q <= leaky1_q && v1_q[31] ? negative_scale_i : scale1_q;

    a3_q <= overflow ? {wide[39], {31{!wide[39]}}} : wide[31:0];
    m3_q <= scale2_q[15:0];
    s3_q <= scale2_q[20:16];

    low_product_q <= $signed({1'b0, a3_q[16:0]}) * m3_q;
    high_product_q <= $signed(a3_q[31:17]) * m3_q;
    s4_q <= s3_q;

    t5_q <= product[46:15];
    s5_q <= s4_q;

    rounded_q <= 33'(t5_q) + 33'($signed({1'b0, half}));
    s6_q <= s5_q;

    shifted_q <= rounded_q >>> s6_q;

    if (shifted_q < 33'($signed(low_i))) y_o <= low_i;
    else if (shifted_q > 33'($signed(high_i))) y_o <= high_i;
    else y_o <= shifted_q[7:0];
  end

  logic unused;
  assign unused = ^{product[48:47], product[14:0]};
endmodule
