// Delays data by a fixed number of cycles; none for 0.
module delay_line #(
  parameter int unsigned Width = 1,
  parameter int unsigned Cycles = 1
) (
  input  logic clk_i,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);
  if (Cycles == 0) begin : g_none
    logic unused;
    assign unused = clk_i;
    assign data_o = data_i;
  end else begin : g_delay
    logic [Width-1:0] data_q [Cycles];
    always_ff @(posedge clk_i) begin
      data_q[0] <= data_i;
      for (int unsigned i = 1; i < Cycles; i++) data_q[i] <= data_q[i-1];
    end
    assign data_o = data_q[Cycles-1];
  end
endmodule
