// Runs OpConv: walks the weight sets of a tile and, for each, its pixel groups; hands the finished tile to the drain.
//
// Cycle 0 issue, 1 address at the activation buffer, 4 pixels at the array (WindowDelay).
module conv_unit #(
  parameter int unsigned P = 3,
  parameter int unsigned Depth = 64
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic instr_valid_i,
  input  logic [cortado_pkg::InstrWidth-1:0] instr_i,
  output logic instr_pop_o,
  input  logic tokens_ready_i,            // of the instruction at the head
  output logic [3:0] early_post_o,        // inputs have been read
  output logic [3:0] post_o,              // complete without a drain
  output logic error_o,

  input  logic weights_ready_i,
  output logic weights_swap_o,
  output logic weights_keep_o,
  output logic weights_rewind_o,

  output logic read_req_o,
  output logic [P*cortado_pkg::RotWidth-1:0] read_bank_o,
  output logic [P*cortado_pkg::AddrWidth-1:0] read_addr_o,
  output logic [P-1:0] read_valid_o,
  output logic [1:0] read_col_o,
  output logic [7:0] read_pad_o,          // constant while an instruction's pixels are on their way

  output logic array_valid_o,
  output logic array_swap_o,
  output logic array_clear_o,
  output logic array_bank_o,
  output logic [$clog2(Depth)-1:0] array_group_o,

  input  logic drain_busy_i,
  output logic drain_start_o,             // the tile's last group is issued; its sums are there DrainDelay cycles later
  output logic drain_bank_o,
  output cortado_pkg::conv_t drain_conv_o,
  output cortado_pkg::output_t drain_output_o,

  output logic busy_o,
  output logic active_o,                  // a group is issued
  output logic wait_weights_o,
  output logic wait_drain_o,
  output logic wait_tokens_o
);
  localparam int unsigned WindowDelay = 3;
  localparam int unsigned D = $clog2(Depth);

  typedef enum logic [1:0] {StIdle, StSetup, StRun} state_e;

  state_e state_q;
  logic [1:0] setup_q;
  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::header_t header;
  /* verilator lint_on UNUSEDSIGNAL */
  cortado_pkg::window_t window_q;
  cortado_pkg::output_t output_q;
  cortado_pkg::conv_t conv_q;
  cortado_pkg::conv_t conv;
  logic is_conv, start;

  assign header = instr_i[15:0];
  assign conv = instr_i;
  assign is_conv = header.op == cortado_pkg::OpConv;
  assign start = state_q == StIdle && instr_valid_i && is_conv && tokens_ready_i;
  assign instr_pop_o = start || (state_q == StIdle && instr_valid_i && !is_conv);
  assign error_o = start && conv.groups_m1 >= 13'(Depth);
  assign busy_o = state_q != StIdle;
  assign wait_tokens_o = state_q == StIdle && instr_valid_i && is_conv && !tokens_ready_i;

  // Walkers.
  logic issue, last_group, last_tap, last_step, last_issue, first_step_q, bank_q;
  logic [D-1:0] group_q;
  logic [P*cortado_pkg::RotWidth-1:0] rotation;
  logic [P*cortado_pkg::AddrWidth-1:0] offset;
  logic [P*14-1:0] x, y;
  cortado_pkg::pos_t tap;
  logic [1:0] col;
  logic [9:0] x_offset, y_offset;
  logic last_plane;
  logic walkers_load;

  assign walkers_load = state_q == StSetup && setup_q == 2'd0;

  logic unused_odd, unused_first;
  tap_walker #(.P(P)) u_tap (
    .clk_i, .load_i(walkers_load), .window_i(window_q), .planes_m1_i(conv_q.planes_m1), .last_cols_m1_i(conv_q.last_cols_m1),
    .by_cols_i(1'b1), .pos_i(conv_q.in), .step_i(issue && last_group), .repeat_i(1'b0), .pos_o(tap), .col_o(col),
    .x_offset_o(x_offset), .y_offset_o(y_offset), .odd_o(unused_odd), .first_o(unused_first), .last_o(last_tap),
    .last_plane_o(last_plane)
  );
  group_walker #(.P(P)) u_group (
    .clk_i, .load_i(walkers_load), .step_i(issue), .restart_i(last_group), .window_i(window_q),
    .out_width_i(output_q.out_width), .x0_i(conv_q.x0), .y0_i(conv_q.y0), .rotation_o(rotation), .offset_o(offset),
    .x_o(x), .y_o(y)
  );

  assign last_group = group_q == conv_q.groups_m1[D-1:0];
  assign last_step = last_tap && last_plane;
  assign last_issue = last_group && last_step;
  assign wait_weights_o = state_q == StRun && group_q == '0 && !weights_ready_i;
  assign wait_drain_o = state_q == StRun && !wait_weights_o && last_issue && conv_q.last && drain_busy_i;
  assign issue = state_q == StRun && !wait_weights_o && !wait_drain_o;
  assign active_o = issue;

  assign weights_swap_o = issue && group_q == '0;
  assign weights_keep_o = conv_q.keep;
  assign weights_rewind_o = conv_q.keep && last_step;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      bank_q <= 1'b0;
    end else begin
      unique case (state_q)
        StIdle: if (start) state_q <= StSetup;
        StSetup: if (setup_q == 2'd3) state_q <= StRun;
        StRun: if (issue && last_issue) state_q <= StIdle;
        default: state_q <= StIdle;
      endcase
      if (issue && last_issue && conv_q.last) bank_q <= !bank_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start) conv_q <= conv;
    if (instr_pop_o && header.op == cortado_pkg::OpSetConvWindow) window_q <= instr_i;
    if (instr_pop_o && header.op == cortado_pkg::OpSetConvOutput) output_q <= instr_i;
    setup_q <= state_q == StSetup ? setup_q + 2'd1 : 2'd0;
    if (state_q == StSetup) begin
      group_q <= '0;
      first_step_q <= 1'b1;
    end else if (issue) begin
      group_q <= last_group ? '0 : group_q + 1'b1;
      if (last_group) first_step_q <= 1'b0;
    end
    // The buffer fills in the padding three cycles behind the issue, and two cycles behind the last one the window may be the
    // next instruction's already: so the level is taken at the end of a set-up, which is the fifth cycle at the soonest.
    if (state_q == StSetup && setup_q == 2'd3) read_pad_o <= window_q.pad_level;
  end

  // Cycle 1: addresses and control.
  logic valid_q, swap_q, clear_q, bank1_q;
  logic [D-1:0] group1_q;
  logic [1:0] col_q;

  window_address #(.P(P)) u_address (
    .clk_i, .en_i(1'b1), .tap_i(tap), .x_offset_i(x_offset), .y_offset_i(y_offset), .width_i(window_q.width),
    .rows_i(conv_q.rows), .rotation_i(rotation), .offset_i(offset), .x_i(x), .y_i(y),
    .bank_o(read_bank_o), .addr_o(read_addr_o), .valid_o(read_valid_o)
  );

  always_ff @(posedge clk_i) begin
    valid_q <= issue && rst_ni;
    swap_q <= weights_swap_o;
    clear_q <= first_step_q && conv_q.first;
    bank1_q <= bank_q;
    group1_q <= group_q;
    col_q <= col;
  end
  assign read_req_o = valid_q;
  assign read_col_o = col_q;

  delay_line #(.Width(4 + D), .Cycles(WindowDelay)) u_control (
    .clk_i, .data_i({valid_q, swap_q, clear_q, bank1_q, group1_q}),
    .data_o({array_valid_o, array_swap_o, array_clear_o, array_bank_o, array_group_o})
  );

  // The end of an instruction.
  assign drain_start_o = issue && last_issue && conv_q.last;
  assign drain_bank_o = bank_q;
  assign drain_conv_o = conv_q;
  assign drain_output_o = output_q;

  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::header_t done_header;
  /* verilator lint_on UNUSEDSIGNAL */
  assign done_header = conv_q.header;
  always_ff @(posedge clk_i) begin
    early_post_o <= issue && last_issue && rst_ni ? done_header.early : '0;
    post_o <= issue && last_issue && !conv_q.last && rst_ni ? done_header.post : '0;
  end

  logic unused;
  assign unused = ^{unused_odd, unused_first, conv_q.unused, conv_q.groups_m1[12:D]};
endmodule
