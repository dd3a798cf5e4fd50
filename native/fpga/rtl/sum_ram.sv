// Partial sums of one weight pair: 2 x 28 bits, written and read at once (distributed RAM).
module sum_ram #(
  parameter int unsigned Depth = 64
) (
  input  logic clk_i,
  input  logic write_i,
  input  logic [$clog2(Depth)-1:0] write_addr_i,
  input  logic [2*cortado_pkg::SumWidth-1:0] data_i,
  input  logic [$clog2(Depth)-1:0] read_addr_i,
  output logic [2*cortado_pkg::SumWidth-1:0] data_o     // unregistered
);
  (* ram_style = "distributed" *) logic [2*cortado_pkg::SumWidth-1:0] mem [Depth];

  always_ff @(posedge clk_i) begin
    if (write_i) mem[write_addr_i] <= data_i;
  end
  assign data_o = mem[read_addr_i];
endmodule
