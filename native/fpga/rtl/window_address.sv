// Address, bank and validity of the pixel that each stream reads for the current tap; registered.
module window_address #(
  parameter int unsigned P = 3
) (
  input  logic clk_i,
  input  logic en_i,
  input  cortado_pkg::pos_t tap_i,
  input  logic [9:0] x_offset_i,
  input  logic [9:0] y_offset_i,
  input  logic [9:0] width_i,
  input  logic [9:0] rows_i,
  input  logic [P*cortado_pkg::RotWidth-1:0] rotation_i,
  input  logic [P*cortado_pkg::AddrWidth-1:0] offset_i,
  input  logic [P*14-1:0] x_i,
  input  logic [P*14-1:0] y_i,
  output logic [P*cortado_pkg::RotWidth-1:0] bank_o,
  output logic [P*cortado_pkg::AddrWidth-1:0] addr_o,
  output logic [P-1:0] valid_o               // inside the image
);
  localparam int unsigned A = cortado_pkg::AddrWidth;
  localparam int unsigned R = cortado_pkg::RotWidth;

  for (genvar p = 0; p < P; p++) begin : g_stream
    logic [R:0] bank;
    logic carry;
    logic signed [13:0] x, y;

    assign bank = {1'b0, tap_i.r} + {1'b0, rotation_i[p*R +: R]};
    assign carry = bank >= (R + 1)'(P);
    assign x = 14'(x_i[p*14 +: 14] + 14'(x_offset_i));
    assign y = 14'(y_i[p*14 +: 14] + 14'(y_offset_i));

    always_ff @(posedge clk_i) begin
      if (en_i) begin
        bank_o[p*R +: R] <= R'(carry ? bank - (R + 1)'(P) : bank);
        addr_o[p*A +: A] <= tap_i.a + offset_i[p*A +: A] + A'(carry);
        valid_o[p] <= x >= 14'sd0 && x < $signed(14'(width_i)) && y >= 14'sd0 && y < $signed(14'(rows_i));
      end
    end
  end
endmodule
