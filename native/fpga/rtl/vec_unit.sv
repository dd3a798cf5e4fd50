// Runs OpVec: for each plane of 16 channels, each group of P pixels and each tap of the window, P words of the activation
// buffer enter P x 16 lanes. Depthwise convolution, pooling and element-wise sums (whose taps are the inputs).
//
// Cycle 0 issue, 1 or later granted read, 3 cycles behind it the words, then product, sum.
module vec_unit #(
  parameter int unsigned P = 3,
  parameter int unsigned Lanes = 8
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic instr_valid_i,
  input  logic [cortado_pkg::InstrWidth-1:0] instr_i,
  output logic instr_pop_o,
  input  logic tokens_ready_i,
  output logic [3:0] early_post_o,

  output logic read_req_o,
  input  logic read_gnt_i,
  output logic [P*cortado_pkg::RotWidth-1:0] read_bank_o,
  output logic [P*cortado_pkg::AddrWidth-1:0] read_addr_o,
  output logic [P-1:0] read_valid_o,
  output logic [7:0] read_pad_o,          // constant while an instruction lasts
  input  logic [P*128-1:0] read_data_i,

  output logic [cortado_pkg::VecWeightRowWidth-1:0] weight_row_o,
  input  logic [127:0] weight_data_i,     // a cycle later

  output logic req_o,
  input  logic gnt_i,
  output logic [Lanes*32-1:0] sums_o,
  output logic [cortado_pkg::ParamRowWidth-1:0] row_o,
  output logic leaky_o,
  output cortado_pkg::result_t result_o,

  output logic busy_o,
  output logic active_o
);
  localparam int unsigned W = cortado_pkg::VecSumWidth;

  typedef enum logic [1:0] {StIdle, StSetup, StRun, StFinish} state_e;

  state_e state_q;
  logic [1:0] setup_q;
  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::header_t header;
  cortado_pkg::header_t running_header;
  cortado_pkg::window_t window_q;
  cortado_pkg::output_t output_q;
  cortado_pkg::vec_t vec_q;
  cortado_pkg::vec_t vec;
  /* verilator lint_on UNUSEDSIGNAL */
  logic is_vec, start, drain_busy;

  assign header = instr_i[15:0];
  assign running_header = vec_q.header;
  assign vec = instr_i;
  assign is_vec = header.op == cortado_pkg::OpVec;
  assign start = state_q == StIdle && instr_valid_i && is_vec && tokens_ready_i;
  assign instr_pop_o = start || (state_q == StIdle && instr_valid_i && !is_vec);
  assign busy_o = state_q != StIdle;

  logic issue, step1, last_group, last_tap, last_plane, last_issue, odd;
  logic [12:0] group_q;
  logic [P*cortado_pkg::RotWidth-1:0] rotation;
  logic [P*cortado_pkg::AddrWidth-1:0] offset;
  logic [P*14-1:0] x, y;
  cortado_pkg::pos_t tap;
  logic [9:0] x_offset, y_offset;
  logic walkers_load;
  logic [1:0] unused_col;
  logic unused_first;

  assign walkers_load = state_q == StSetup && setup_q == 2'd0;

  tap_walker #(.P(P)) u_tap (
    .clk_i, .load_i(walkers_load), .window_i(window_q), .planes_m1_i(vec_q.planes_m1), .last_cols_m1_i(2'd0),
    .by_cols_i(1'b0), .pos_i(vec_q.in), .step_i(issue), .repeat_i(!last_group), .pos_o(tap), .col_o(unused_col),
    .x_offset_o(x_offset), .y_offset_o(y_offset), .odd_o(odd), .first_o(unused_first), .last_o(last_tap),
    .last_plane_o(last_plane)
  );
  group_walker #(.P(P)) u_group (
    .clk_i, .load_i(walkers_load), .step_i(issue && last_tap), .restart_i(last_group), .window_i(window_q),
    .out_width_i(output_q.out_width), .x0_i(vec_q.x0), .y0_i(vec_q.y0), .rotation_o(rotation), .offset_o(offset),
    .x_o(x), .y_o(y)
  );

  // A group's last tap waits until a place for its sums is sure to be free.
  logic [1:0] places_q;
  logic place_free, fill;
  logic read_valid_q;

  assign last_group = group_q == vec_q.groups_m1;
  assign last_issue = last_tap && last_group && last_plane;
  assign step1 = !read_valid_q || read_gnt_i;
  assign issue = state_q == StRun && step1 && (!last_tap || places_q != 2'd2);
  assign active_o = issue;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      places_q <= '0;
    end else begin
      unique case (state_q)
        StIdle: if (start) state_q <= StSetup;
        StSetup: if (setup_q == 2'd3) state_q <= StRun;
        StRun: if (issue && last_issue) state_q <= StFinish;
        StFinish: if (!drain_busy) state_q <= StIdle;
        default: state_q <= StIdle;
      endcase
      places_q <= places_q + 2'(issue && last_tap) - 2'(place_free);
    end
  end

  logic [cortado_pkg::VecWeightRowWidth-1:0] weight_row_q, weight_start_q;

  always_ff @(posedge clk_i) begin
    if (start) vec_q <= vec;
    if (instr_pop_o && header.op == cortado_pkg::OpSetVecWindow) window_q <= instr_i;
    if (instr_pop_o && header.op == cortado_pkg::OpSetVecOutput) output_q <= instr_i;
    setup_q <= state_q == StSetup ? setup_q + 2'd1 : 2'd0;
    if (state_q == StSetup) begin
      group_q <= '0;
      weight_row_q <= vec_q.weight_row;
      weight_start_q <= vec_q.weight_row;
    end else if (issue) begin
      if (last_tap) group_q <= last_group ? '0 : group_q + 13'd1;
      if (!last_tap) begin
        weight_row_q <= weight_row_q + 1'b1;
      end else if (last_group && !output_q.shared_weights) begin
        weight_row_q <= weight_row_q + 1'b1;
        weight_start_q <= weight_row_q + 1'b1;
      end else begin
        weight_row_q <= weight_start_q;
      end
    end
  end

  // The read, held until it is granted.
  logic last_q, odd_q, last_read_q;
  logic [cortado_pkg::VecWeightRowWidth-1:0] read_row_q;

  window_address #(.P(P)) u_address (
    .clk_i, .en_i(step1), .tap_i(tap), .x_offset_i(x_offset), .y_offset_i(y_offset), .width_i(window_q.width),
    .rows_i(vec_q.rows), .rotation_i(rotation), .offset_i(offset), .x_i(x), .y_i(y),
    .bank_o(read_bank_o), .addr_o(read_addr_o), .valid_o(read_valid_o)
  );

  // What lies outside the image changes neither a maximum nor a sum. Not delayed: the next window is taken when the drain is
  // empty, long behind the last words.
  always_comb begin
    unique case (output_q.vec_op)
      cortado_pkg::VecMac: read_pad_o = window_q.pad_level;
      cortado_pkg::VecMax: read_pad_o = 8'h80;
      default: read_pad_o = 8'h00;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) read_valid_q <= 1'b0;
    else if (step1) read_valid_q <= issue;
    if (step1) begin
      last_q <= last_tap;
      odd_q <= odd;
      last_read_q <= last_issue;
      read_row_q <= weight_row_q;
    end
    early_post_o <= rst_ni && read_valid_q && read_gnt_i && last_read_q ? running_header.early : '0;
  end
  assign read_req_o = read_valid_q;

  delay_line #(.Width(cortado_pkg::VecWeightRowWidth), .Cycles(2)) u_weight_row (
    .clk_i, .data_i(read_row_q), .data_o(weight_row_o)
  );

  // Words and weights.
  logic odd3, valid4, last4, odd4, granted;

  assign granted = read_valid_q && read_gnt_i && rst_ni;
  delay_line #(.Width(1), .Cycles(3)) u_word (.clk_i, .data_i(odd_q), .data_o(odd3));
  delay_line #(.Width(3), .Cycles(4)) u_sum (
    .clk_i, .data_i({granted, last_q, odd_q}), .data_o({valid4, last4, odd4})
  );

  logic [P*16*W-1:0] sums;
  for (genvar c = 0; c < 16; c++) begin : g_channel
    logic [8:0] weight;
    assign weight = output_q.vec_op == cortado_pkg::VecSum ? 9'd1
                  : {weight_data_i[8*c + 7] && !(output_q.pair && !odd3), weight_data_i[8*c +: 8]};
    for (genvar p = 0; p < P; p++) begin : g_pixel
      vec_lane u_lane (
        .clk_i, .rst_ni, .x_i(read_data_i[128*p + 8*c +: 8]), .weight_i(weight),
        .maximum_i(output_q.vec_op == cortado_pkg::VecMax), .valid_i(valid4), .last_i(last4),
        .upper_i(output_q.pair && odd4),
        .sum_o(sums[(p*16 + c)*W +: W])
      );
    end
  end

  assign fill = valid4 && last4;
  vec_drain #(.P(P), .Lanes(Lanes)) u_drain (
    .clk_i, .rst_ni, .start_i(start), .vec_i(vec), .output_i(output_q), .busy_o(drain_busy),
    .fill_i(fill), .sums_i(sums), .free_o(place_free), .req_o, .gnt_i, .sums_o, .row_o, .leaky_o, .result_o
  );

  logic unused;
  assign unused = ^{unused_col, unused_first};
endmodule
