// Runs OpLoadWeights: asks both streams for their half of each row. Its sets lie one stream behind the other.
module weight_unit (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic instr_valid_i,
  input  logic [cortado_pkg::InstrWidth-1:0] instr_i,
  output logic instr_pop_o,
  input  logic [127:0] bases_i,

  output logic [1:0] cmd_valid_o,
  input  logic [1:0] cmd_ready_i,
  output logic [57:0] cmd_addr_o,         // 29 bits a stream
  output logic [19:0] cmd_beats_o,
  output logic busy_o
);
  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::address_t instr;
  logic [31:0] address;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [1:0] pending_q;
  logic [31:3] addr_q;
  logic [19:0] beats_q;

  assign instr = instr_i;
  assign address = bases_i[32*instr.base +: 32] + instr.offset;
  assign instr_pop_o = instr_valid_i && pending_q == 2'b00;
  assign cmd_valid_o = pending_q;
  assign cmd_addr_o = {addr_q + 29'(beats_q), addr_q};
  assign cmd_beats_o = beats_q;
  assign busy_o = |pending_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) pending_q <= '0;
    else if (instr_pop_o) pending_q <= 2'b11;
    else pending_q <= pending_q & ~cmd_ready_i;
    if (instr_pop_o) begin
      addr_q <= address[31:3];
      beats_q <= {1'b0, {1'b0, instr.value} + 17'd1, 2'd0} << 1;
    end
  end
endmodule
