// Runs OpStore, OpSync, OpStamp and OpEnd: reads words of the activation buffer and writes them to memory.
module store_unit #(
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
  input  logic [47:0] cycle_i,

  output logic act_req_o,
  input  logic act_gnt_i,
  output cortado_pkg::pos_t act_pos_o,
  input  logic [127:0] act_data_i,        // two cycles after the grant

  output logic cmd_valid_o,
  input  logic cmd_ready_i,
  output logic [31:3] cmd_addr_o,
  output logic [19:0] cmd_beats_o,
  output logic data_valid_o,
  input  logic data_ready_i,
  output logic [63:0] data_o,
  input  logic memory_idle_i,             // all that was asked for is written

  output logic busy_o,
  output logic end_o                      // OpEnd is complete
);
  localparam int unsigned FifoDepth = 32;

  typedef enum logic [1:0] {StIdle, StCommand, StWords, StStamp} state_e;

  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::header_t header;
  cortado_pkg::header_t running_header;
  cortado_pkg::transfer_t transfer;
  cortado_pkg::address_t stamp;
  cortado_pkg::walk_t walk_q;
  cortado_pkg::transfer_t transfer_q;
  logic [31:0] address;
  /* verilator lint_on UNUSEDSIGNAL */
  state_e state_q;
  logic is_plain, ready, drained, start_store, start_stamp, done_sync, done_end;
  logic [31:3] addr_q;
  logic [16:0] count_q;
  logic [7:0] plane_q;
  logic last_of_plane, last_word, room;

  // Words on their way: granted one and two cycles ago, and the second half of one that arrived.
  logic granted_q, arrived_q, upper_q;
  logic [63:0] upper_data_q;
  logic fifo_push, fifo_full, fifo_valid;
  logic [63:0] fifo_in;
  logic [$clog2(FifoDepth):0] fifo_count;
  logic stamp_turn, push_stamp;

  assign header = instr_i[15:0];
  assign running_header = transfer_q.header;
  assign transfer = instr_i;
  assign stamp = instr_i;
  assign address = bases_i[32*transfer.base +: 32] + transfer.offset;

  assign is_plain = header.op == cortado_pkg::OpSetStore;
  assign ready = state_q == StIdle && instr_valid_i && !is_plain && tokens_ready_i;
  assign drained = memory_idle_i && !fifo_valid && !granted_q && !arrived_q && !upper_q;
  assign start_store = ready && header.op == cortado_pkg::OpStore;
  assign start_stamp = ready && header.op == cortado_pkg::OpStamp;
  assign done_sync = ready && header.op == cortado_pkg::OpSync && drained;
  assign done_end = ready && header.op == cortado_pkg::OpEnd && drained;
  assign instr_pop_o = start_store || start_stamp || done_sync || done_end
                     || (state_q == StIdle && instr_valid_i && is_plain);
  assign end_o = done_end;
  assign busy_o = state_q != StIdle || fifo_valid || granted_q || arrived_q || upper_q;

  assign last_of_plane = count_q == transfer_q.count_m1;
  assign last_word = last_of_plane && plane_q == transfer_q.planes_m1;
  // Each word takes two places of the queue; at most two more than this one are on their way.
  assign room = fifo_count <= ($clog2(FifoDepth) + 1)'(FifoDepth - 8) && !granted_q;
  assign act_req_o = state_q == StWords && room;

  // A stamp's place in the queue is behind all words before it.
  assign stamp_turn = state_q == StStamp && room && !arrived_q && !upper_q;
  assign cmd_valid_o = state_q == StCommand || stamp_turn;
  assign cmd_addr_o = addr_q;
  assign cmd_beats_o = state_q == StStamp ? 20'd1 : {2'd0, transfer_q.count_m1, 1'b0} + 20'd2;
  assign push_stamp = stamp_turn && cmd_ready_i;

  pixel_walker #(.P(P)) u_walker (
    .clk_i, .load_i(start_store), .pos_i(transfer.pos), .x_i(transfer.x0), .width_i(walk_q.width),
    .row_skip_i(walk_q.row_skip), .plane_step_i(walk_q.plane_step), .step_i(act_req_o && act_gnt_i),
    .next_plane_i(last_of_plane), .pos_o(act_pos_o)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      granted_q <= 1'b0;
      arrived_q <= 1'b0;
      upper_q <= 1'b0;
      post_o <= '0;
    end else begin
      post_o <= '0;
      unique case (state_q)
        StIdle: begin
          if (start_store) state_q <= StCommand;
          if (start_stamp) state_q <= StStamp;
          if (done_sync) post_o <= header.post;
        end
        StCommand: if (cmd_ready_i) state_q <= StWords;
        StWords: begin
          if (act_req_o && act_gnt_i && last_of_plane) state_q <= last_word ? StIdle : StCommand;
          if (act_req_o && act_gnt_i && last_word) post_o <= running_header.post;
        end
        StStamp: begin
          if (push_stamp) begin
            state_q <= StIdle;
            post_o <= running_header.post;
          end
        end
        default: state_q <= StIdle;
      endcase
      granted_q <= act_req_o && act_gnt_i;
      arrived_q <= granted_q;
      upper_q <= arrived_q;
    end
    if (start_store || start_stamp) begin
      transfer_q <= transfer;
      addr_q <= address[31:3];
      count_q <= '0;
      plane_q <= '0;
    end else if (state_q == StWords && act_req_o && act_gnt_i) begin
      count_q <= last_of_plane ? '0 : count_q + 17'd1;
      if (last_of_plane) begin
        plane_q <= plane_q + 8'd1;
        addr_q <= addr_q + {6'd0, walk_q.memory_plane_step, 1'b0};
      end
    end
    if (arrived_q) upper_data_q <= act_data_i[127:64];
    if (instr_pop_o && header.op == cortado_pkg::OpSetStore) walk_q <= instr_i;
  end

  logic [15:0] tag_q;
  always_ff @(posedge clk_i) begin
    if (start_stamp) tag_q <= stamp.value;
  end

  always_comb begin
    fifo_push = arrived_q || upper_q || push_stamp;
    fifo_in = upper_data_q;
    if (arrived_q) fifo_in = act_data_i[63:0];
    if (push_stamp) fifo_in = {tag_q, cycle_i};
  end

  sync_fifo #(.Width(64), .Depth(FifoDepth)) u_fifo (
    .clk_i, .rst_ni, .push_i(fifo_push), .data_i(fifo_in), .full_o(fifo_full), .count_o(fifo_count),
    .valid_o(fifo_valid), .data_o(data_o), .pop_i(data_valid_o && data_ready_i)
  );
  assign data_valid_o = fifo_valid;

  logic unused;
  assign unused = fifo_full;
endmodule
