// Counts of a run, cleared at its start: cycles (48 bits) and events (32 bits each, some several a cycle).
module perf_counters #(
  parameter int unsigned Events = 12
) (
  input  logic clk_i,
  input  logic clear_i,
  input  logic run_i,
  input  logic [Events-1:0] event_i,
  output logic [47:0] cycles_o,
  output logic [Events*32-1:0] counts_o
);
  always_ff @(posedge clk_i) begin
    if (clear_i) cycles_o <= '0;
    else if (run_i) cycles_o <= cycles_o + 48'd1;
  end
  for (genvar e = 0; e < Events; e++) begin : g_event
    always_ff @(posedge clk_i) begin
      if (clear_i) counts_o[32*e +: 32] <= '0;
      else if (run_i && event_i[e]) counts_o[32*e +: 32] <= counts_o[32*e +: 32] + 32'd1;
    end
  end
endmodule
