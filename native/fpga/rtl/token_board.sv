// Tokens between the queues: a counter for each pair of giver and taker.
module token_board (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic [47:0] give_i,             // three lots of four queues x the four bits of a post field
  input  logic [15:0] wanted_i,           // per queue the take field of the instruction at its head
  output logic [3:0] ready_o,             // per queue: all wanted tokens are there
  input  logic [3:0] take_i,              // the instruction starts
  output logic any_waiting_o,
  output logic overflow_o
);
  localparam int unsigned CountWidth = 6;

  logic [CountWidth-1:0] count_q [16];    // [taker * 4 + giver]
  logic [3:0] missing [4];
  logic [15:0] overflow;

  for (genvar t = 0; t < 4; t++) begin : g_taker
    for (genvar g = 0; g < 4; g++) begin : g_giver
      logic [1:0] given;
      logic taken;
      logic [CountWidth:0] next;
      assign given = 2'(give_i[g*4 + t]) + 2'(give_i[16 + g*4 + t]) + 2'(give_i[32 + g*4 + t]);
      assign taken = take_i[t] && wanted_i[t*4 + g];
      assign next = {1'b0, count_q[t*4 + g]} + (CountWidth + 1)'(given) - (CountWidth + 1)'(taken);
      assign missing[t][g] = wanted_i[t*4 + g] && count_q[t*4 + g] == '0;
      assign overflow[t*4 + g] = next[CountWidth];
      always_ff @(posedge clk_i) begin
        if (!rst_ni) count_q[t*4 + g] <= '0;
        else count_q[t*4 + g] <= next[CountWidth-1:0];
      end
    end
    assign ready_o[t] = missing[t] == '0;
  end
  assign overflow_o = |overflow;
  assign any_waiting_o = ready_o != 4'b1111;
endmodule
