// Runs OpLoad and OpLoadParams: asks memory for the planes of an instruction and, behind it, writes what comes to the
// activation buffer, the parameters or the vector unit's weights. Requests run up to four instructions ahead of the data.
module load_unit #(
  parameter int unsigned P = 3
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic instr_valid_i,
  input  logic [cortado_pkg::InstrWidth-1:0] instr_i,
  output logic instr_pop_o,
  input  logic tokens_ready_i,
  output logic [3:0] post_o,
  input  logic [127:0] bases_i,

  output logic cmd_valid_o,
  input  logic cmd_ready_i,
  output logic [31:3] cmd_addr_o,
  output logic [19:0] cmd_beats_o,
  input  logic data_valid_i,
  output logic data_ready_o,
  input  logic [63:0] data_i,

  output logic act_req_o,
  input  logic act_gnt_i,
  output cortado_pkg::pos_t act_pos_o,
  output logic act_narrow_o,
  output logic [127:0] act_data_o,

  output logic param_write_o,
  output logic vec_weight_write_o,
  output logic [8:0] table_row_o,
  output logic [2:0] table_lane_o,        // 8 bytes of a parameter row, of which the lowest bit tells a weight row's half

  output logic busy_o
);
  // Requests.
  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::header_t header;
  cortado_pkg::transfer_t transfer;
  cortado_pkg::load_params_t params;
  cortado_pkg::walk_t walk_q;
  /* verilator lint_on UNUSEDSIGNAL */
  logic is_load, is_params, start, asking_q, job_full, job_push;
  logic [7:0] planes_left_q;
  logic [31:0] base, address;
  logic [31:3] addr_q;
  logic [19:0] beats, beats_q;
  cortado_pkg::load_job_t new_job;

  assign header = instr_i[15:0];
  assign transfer = instr_i;
  assign params = instr_i;
  assign is_load = header.op == cortado_pkg::OpLoad;
  assign is_params = header.op == cortado_pkg::OpLoadParams;
  assign start = instr_valid_i && (is_load || is_params) && tokens_ready_i && !asking_q && !job_full;
  assign instr_pop_o = start || (instr_valid_i && !is_load && !is_params && !asking_q);
  assign job_push = start;

  assign base = bases_i[32*transfer.base +: 32];
  assign address = base + transfer.offset;
  always_comb begin
    if (is_params) beats = 20'(params.count_m1) + 20'd1;
    else if (walk_q.narrow) beats = 20'(transfer.count_m1[16:1]) + 20'd1;
    else beats = {2'd0, transfer.count_m1, 1'b0} + 20'd2;
    new_job.params = is_params && !params.vec_weights;
    new_job.vec_weights = is_params && params.vec_weights;
    new_job.row = params.row;
    new_job.narrow = walk_q.narrow;
    new_job.pos = transfer.pos;
    new_job.x0 = transfer.x0;
    new_job.width = walk_q.width;
    new_job.row_skip = walk_q.row_skip;
    new_job.plane_step = walk_q.plane_step;
    new_job.count_m1 = is_params ? 17'(params.count_m1) : transfer.count_m1;
    new_job.planes_m1 = is_params ? 8'd0 : transfer.planes_m1;
    new_job.post = header.post;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) asking_q <= 1'b0;
    else if (start) asking_q <= 1'b1;
    else if (cmd_ready_i && planes_left_q == 8'd0) asking_q <= 1'b0;
    if (start) begin
      addr_q <= address[31:3];
      beats_q <= beats;
      planes_left_q <= is_params ? 8'd0 : transfer.planes_m1;
    end else if (asking_q && cmd_ready_i) begin
      addr_q <= addr_q + {6'd0, walk_q.memory_plane_step, 1'b0};
      planes_left_q <= planes_left_q - 8'd1;
    end
    if (instr_pop_o && header.op == cortado_pkg::OpSetLoad) walk_q <= instr_i;
  end

  assign cmd_valid_o = asking_q;
  assign cmd_addr_o = addr_q;
  assign cmd_beats_o = beats_q;

  // Data.
  cortado_pkg::load_job_t next_job;
  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::load_job_t job_q;
  /* verilator lint_on UNUSEDSIGNAL */
  logic next_valid, take_job, working_q, beat, write, last_write, last_of_plane;
  logic upper_q;                          // second half of a word, or second pixel of a narrow beat
  logic [63:0] lower_q;
  logic [16:0] count_q;
  logic [7:0] plane_q;
  logic [8:0] table_row_q;
  logic [2:0] table_lane_q;
  logic [2:0] unused_count;

  sync_fifo #(.Width(cortado_pkg::LoadJobWidth), .Depth(4)) u_jobs (
    .clk_i, .rst_ni, .push_i(job_push), .data_i(new_job), .full_o(job_full), .count_o(unused_count),
    .valid_o(next_valid), .data_o(next_job), .pop_i(take_job)
  );

  assign take_job = next_valid && !working_q;
  assign act_req_o = working_q && !job_q.params && !job_q.vec_weights && data_valid_i && (job_q.narrow || upper_q);
  assign act_narrow_o = job_q.narrow;
  assign act_data_o = job_q.narrow ? {96'd0, upper_q ? data_i[63:32] : data_i[31:0]} : {data_i, lower_q};
  assign param_write_o = working_q && job_q.params && data_valid_i;
  assign vec_weight_write_o = working_q && job_q.vec_weights && data_valid_i;
  assign table_row_o = table_row_q;
  assign table_lane_o = table_lane_q;
  assign write = (act_req_o && act_gnt_i) || param_write_o || vec_weight_write_o;

  always_comb begin
    if (job_q.params || job_q.vec_weights) data_ready_o = working_q;
    else if (job_q.narrow) data_ready_o = working_q && upper_q && act_gnt_i;
    else data_ready_o = working_q && (!upper_q || act_gnt_i);
  end
  assign beat = data_valid_i && data_ready_o;
  assign last_of_plane = count_q == job_q.count_m1;
  assign last_write = write && last_of_plane && plane_q == job_q.planes_m1;
  assign busy_o = working_q || next_valid || asking_q;

  pixel_walker #(.P(P)) u_walker (
    .clk_i, .load_i(take_job), .pos_i(next_job.pos), .x_i(next_job.x0), .width_i(job_q.width),
    .row_skip_i(job_q.row_skip), .plane_step_i(job_q.plane_step), .step_i(write), .next_plane_i(last_of_plane),
    .pos_o(act_pos_o)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      working_q <= 1'b0;
      post_o <= '0;
    end else begin
      if (take_job) working_q <= 1'b1;
      else if (last_write) working_q <= 1'b0;
      post_o <= last_write ? job_q.post : '0;
    end
    if (take_job) begin
      job_q <= next_job;
      upper_q <= 1'b0;
      count_q <= '0;
      plane_q <= '0;
      table_row_q <= next_job.row;
      table_lane_q <= '0;
    end else begin
      if (job_q.narrow ? write : beat) upper_q <= !upper_q;
      if (beat) lower_q <= data_i;
      if (write) begin
        count_q <= last_of_plane ? '0 : count_q + 17'd1;
        if (last_of_plane) plane_q <= plane_q + 8'd1;
        table_lane_q <= table_lane_q + 3'd1;
        if (table_lane_q == 3'd7 || (job_q.vec_weights && table_lane_q[0])) table_row_q <= table_row_q + 9'd1;
      end
    end
  end

  logic unused;
  assign unused = ^{unused_count, address[2:0]};
endmodule
