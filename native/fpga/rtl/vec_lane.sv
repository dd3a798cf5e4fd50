// One channel of one pixel in the vector unit: multiply-add, sum or maximum over the taps of a window. The registers are
// back at their starting values (sum 0, maximum -128) behind the last tap.
module vec_lane (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic [7:0] x_i,
  input  logic [8:0] weight_i,            // with x_i
  input  logic maximum_i,                 // constant while a window lasts
  input  logic valid_i,                   // a cycle after x_i, as the next two
  input  logic last_i,
  input  logic upper_i,                   // the product counts 256-fold
  output logic [cortado_pkg::VecSumWidth-1:0] sum_o    // in the cycle of valid_i, of the window up to its tap; of a maximum
                                                       // only the low 8 bits count
);
  localparam int unsigned W = cortado_pkg::VecSumWidth;

  logic [16:0] product, product_q;
  logic [7:0] x_q, maximum_q, maximum;    // of the maximum: with the sign bit turned, so that 0 is the least
  logic [W-1:0] sum_q, sum;

  booth_multiplier u_multiplier (.a_i(x_i), .b_i(weight_i), .product_o(product));

  assign sum = sum_q + (upper_i ? {product_q[16], product_q, 8'd0} : {{9{product_q[16]}}, product_q});
  assign maximum = x_q > maximum_q ? x_q : maximum_q;
  assign sum_o = {sum[W-1:8], maximum_i ? {!maximum[7], maximum[6:0]} : sum[7:0]};

  always_ff @(posedge clk_i) begin
    product_q <= product;
    x_q <= {!x_i[7], x_i[6:0]};
    if (!rst_ni || (valid_i && last_i)) begin
      sum_q <= '0;
      maximum_q <= '0;
    end else if (valid_i) begin
      sum_q <= sum;
      maximum_q <= maximum;
    end
  end
endmodule
