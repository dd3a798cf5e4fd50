// One channel of one pixel in the vector unit: multiply-add, sum or maximum over the taps of a window.
module vec_lane (
  input  logic clk_i,
  input  logic [7:0] x_i,
  input  logic inside_i,                  // the pixel is inside the image, with x_i
  input  logic [8:0] weight_i,            // with x_i
  input  logic maximum_i,                 // constant while a window lasts
  input  logic valid_i,                   // a cycle after x_i, as the next two
  input  logic first_i,
  input  logic upper_i,                   // the product counts 256-fold
  output logic [cortado_pkg::VecSumWidth-1:0] sum_o    // in the cycle of valid_i, of the window up to its tap
);
  localparam int unsigned W = cortado_pkg::VecSumWidth;

  logic [7:0] x;
  logic [16:0] product, product_q;
  logic [7:0] x_q;
  logic [W-1:0] sum_q, addend;
  logic larger;

  assign x = inside_i ? x_i : (maximum_i ? 8'h80 : 8'h00);
  booth_multiplier u_multiplier (.a_i(x), .b_i(weight_i), .product_o(product));

  assign addend = upper_i ? W'($signed({product_q, 8'd0})) : W'($signed(product_q));
  assign larger = $signed(x_q) > $signed(sum_q[7:0]);

  always_comb begin
    if (maximum_i) sum_o = first_i || larger ? W'($signed(x_q)) : sum_q;
    else sum_o = (first_i ? '0 : sum_q) + addend;
  end

  always_ff @(posedge clk_i) begin
    product_q <= product;
    x_q <= x;
    if (valid_i) sum_q <= sum_o;
  end
endmodule
