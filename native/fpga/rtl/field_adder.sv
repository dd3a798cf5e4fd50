// Adds a chain's sum of four packed products to a pair of partial sums. In p_i the low products' sum L occupies bits 16:0 and
// borrows from the high ones' sum above it where L is negative: H = p_i[34:17] + p_i[16].
module field_adder (
  input  logic [34:0] p_i,
  input  logic [2*cortado_pkg::SumWidth-1:0] old_i,     // {high, low}
  output logic [2*cortado_pkg::SumWidth-1:0] sum_o
);
  localparam int unsigned W = cortado_pkg::SumWidth;

  logic [W:0] high;                       // one bit longer, below: it carries the low field's borrow in

  assign high = {old_i[2*W-1:W], 1'b1} + {{(W-18){p_i[34]}}, p_i[34:17], p_i[16]};
  assign sum_o = {high[W:1], old_i[W-1:0] + {{(W-17){p_i[16]}}, p_i[16:0]}};

  logic unused;
  assign unused = high[0];
endmodule
