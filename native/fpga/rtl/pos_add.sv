// Sum of two positions: flat indices in mixed radix, r < P in each.
module pos_add #(
  parameter int unsigned P = 3
) (
  input  cortado_pkg::pos_t a_i,
  input  cortado_pkg::pos_t b_i,
  output cortado_pkg::pos_t sum_o
);
  logic [cortado_pkg::RotWidth:0] r;
  logic carry;

  assign r = {1'b0, a_i.r} + {1'b0, b_i.r};
  assign carry = r >= (cortado_pkg::RotWidth + 1)'(P);
  assign sum_o.r = cortado_pkg::RotWidth'(carry ? r - (cortado_pkg::RotWidth + 1)'(P) : r);
  assign sum_o.a = a_i.a + b_i.a + cortado_pkg::AddrWidth'(carry);
endmodule
