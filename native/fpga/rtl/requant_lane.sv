// One lane of the requantisation, bit-exact to native/engine/arithmetic.h. A sum enters each cycle; the result comes nine
// cycles later. Left shifts go to 8: a larger one saturates every sum but 0 to the same result.
//
//   v = acc + bias              1
//   m, s, l by the sign of v    2
//   a = sat(v << l)             3
//   a * m, low and high part    4
//   low part + 2^14             5
//   t = (a * m + 2^14) >> 15    6
//   t >> s, and the bit below   7 (by eights), 8 (the rest)
//   both and zero added, clamped 9
//
// Rounding half up by s is the shifted value plus the last bit shifted out. The low product with its sum fits a DSP slice; the high
// one (8 x 16 bits) is another DSP slice, or look-up tables where there are more lanes than DSP slices.
module requant_lane #(
  parameter bit HighInLuts = 1'b0
) (
  input  logic clk_i,
  input  logic [31:0] acc_i,
  input  logic [31:0] bias_i,
  input  logic [24:0] scale_i,            // {l[3:0], s[4:0], m[15:0]}, with acc_i
  input  logic leaky_i,                   // with acc_i
  input  logic [24:0] negative_scale_i,   // a cycle after acc_i
  input  logic [7:0] zero_i,              // eight cycles after acc_i, as the bounds
  input  logic [7:0] low_i,
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
  logic [2:0] s7_q;
  // 4, 5, 6
  logic signed [40:0] low4_q, low5_q;
  logic signed [23:0] high, high4_q, high5_q;
  logic signed [24:0] high6_q;
  logic [8:0] below6_q;
  // 7
  logic signed [32:0] t;                  // and a zero for the bit below
  logic signed [32:0] t7_q;
  // 8
  logic signed [32:0] shifted;
  logic signed [9:0] y8_q;
  logic round8_q;
  // 9
  logic signed [10:0] rounded;
  logic unused_carry;

  assign biased_o = v1_q;
  assign wide = 40'($signed(v2_q)) <<< scale2_q[24:21];
  assign overflow = wide[39:31] != {9{wide[39]}};

  if (HighInLuts) begin : g_luts
    booth_multiplier #(.Width(16)) u_high (.a_i(a3_q[31:24]), .b_i(m3_q), .product_o(high));
  end else begin : g_dsp
    assign high = $signed(a3_q[31:24]) * m3_q;
  end

  assign t = {high6_q[22:0], below6_q, 1'b0};
  assign shifted = t7_q >>> s7_q;

  // One carry chain: the bit below is the carry into the sum of the other two. That lies within [-640, 639].
  assign {rounded, unused_carry} = {11'(y8_q), 1'b1} + {11'($signed(zero_i)), round8_q};

  always_ff @(posedge clk_i) begin
    v1_q <= acc_i + bias_i;
    scale1_q <= scale_i;
    leaky1_q <= leaky_i;

    v2_q <= v1_q;
    scale2_q <= leaky1_q && v1_q[31] ? negative_scale_i : scale1_q;

    a3_q <= overflow ? {wide[39], {31{!wide[39]}}} : wide[31:0];
    m3_q <= scale2_q[15:0];
    s3_q <= scale2_q[20:16];

    low4_q <= $signed({1'b0, a3_q[23:0]}) * m3_q;
    high4_q <= high;
    s4_q <= s3_q;

    low5_q <= low4_q + 41'sd16384;
    high5_q <= high4_q;
    s5_q <= s4_q;

    high6_q <= 25'(high5_q) + 25'(low5_q >>> 24);
    below6_q <= low5_q[23:15];
    s6_q <= s5_q;

    t7_q <= t >>> {s6_q[4:3], 3'd0};
    s7_q <= s6_q[2:0];

    // Anything outside ten bits is far outside the clamp's, whatever zero is added.
    if (shifted[32:10] == {23{shifted[32]}}) y8_q <= shifted[10:1];
    else y8_q <= {shifted[32], {9{!shifted[32]}}};
    round8_q <= shifted[0];

    if (rounded < 11'($signed(low_i))) y_o <= low_i;
    else if (rounded > 11'($signed(high_i))) y_o <= high_i;
    else y_o <= rounded[7:0];
  end

  logic unused;
  assign unused = ^high6_q[24:23];
endmodule
