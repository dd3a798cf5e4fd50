// Weights of the vector unit: 512 rows of 16 channels, written in halves.
module vec_weight_ram (
  input  logic clk_i,
  input  logic [cortado_pkg::VecWeightRowWidth-1:0] read_row_i,
  output logic [127:0] data_o,
  input  logic [1:0] write_i,
  input  logic [cortado_pkg::VecWeightRowWidth-1:0] write_row_i,
  input  logic [63:0] data_i
);
  for (genvar h = 0; h < 2; h++) begin : g_half
    (* ram_style = "block" *) logic [63:0] mem [2**cortado_pkg::VecWeightRowWidth];
    always_ff @(posedge clk_i) begin
      data_o[64*h +: 64] <= mem[read_row_i];
    end
    always_ff @(posedge clk_i) begin
      if (write_i[h]) mem[write_row_i] <= data_i;
    end
  end
endmodule
