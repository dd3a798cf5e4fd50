// Parameters of one lane: words of 64 bits.
module param_ram #(
  parameter int unsigned Rows = 512
) (
  input  logic clk_i,
  input  logic read_i,
  input  logic [$clog2(Rows)-1:0] read_row_i,
  output logic [63:0] data_o,
  input  logic write_i,
  input  logic [$clog2(Rows)-1:0] write_row_i,
  input  logic [63:0] data_i
);
  (* ram_style = "block" *) logic [63:0] mem [Rows];

  always_ff @(posedge clk_i) begin
    if (read_i) data_o <= mem[read_row_i];
  end
  always_ff @(posedge clk_i) begin
    if (write_i) mem[write_row_i] <= data_i;
  end
endmodule
