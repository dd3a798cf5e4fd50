// The accelerator: an int8 convolution engine with its memory ports (docs/fpga/architecture.md).
module cortado_accelerator #(
  parameter int unsigned P = 3,           // pixel streams and activation banks: 1, 3, 5 or 7
  parameter int unsigned Depth = 64,      // pixel groups of a tile
  parameter int unsigned Blocks = 4,      // 32 KB blocks of a bank
  parameter int unsigned WeightRows = 2048,
  parameter int unsigned Lanes = P == 1 ? 8 : 16,   // of the requantisation
  parameter int unsigned Fingerprint = 0  // of the sources and the part (fingerprint.sh)
) (
  input  logic clk_i,
  input  logic rst_ni,

  // AXI4-Lite
  input  logic [11:0] ctl_awaddr_i,
  input  logic ctl_awvalid_i,
  output logic ctl_awready_o,
  input  logic [31:0] ctl_wdata_i,
  input  logic [3:0] ctl_wstrb_i,
  input  logic ctl_wvalid_i,
  output logic ctl_wready_o,
  output logic [1:0] ctl_bresp_o,
  output logic ctl_bvalid_o,
  input  logic ctl_bready_i,
  input  logic [11:0] ctl_araddr_i,
  input  logic ctl_arvalid_i,
  output logic ctl_arready_o,
  output logic [31:0] ctl_rdata_o,
  output logic [1:0] ctl_rresp_o,
  output logic ctl_rvalid_o,
  input  logic ctl_rready_i,

  // AXI3: weights, first and second half of the rows
  output logic [31:0] hp0_araddr_o,
  output logic [3:0] hp0_arlen_o,
  output logic [2:0] hp0_arsize_o,
  output logic [1:0] hp0_arburst_o,
  output logic [3:0] hp0_arcache_o,
  output logic [2:0] hp0_arprot_o,
  output logic hp0_arvalid_o,
  input  logic hp0_arready_i,
  input  logic [63:0] hp0_rdata_i,
  input  logic [1:0] hp0_rresp_i,
  input  logic hp0_rlast_i,
  input  logic hp0_rvalid_i,
  output logic hp0_rready_o,

  output logic [31:0] hp1_araddr_o,
  output logic [3:0] hp1_arlen_o,
  output logic [2:0] hp1_arsize_o,
  output logic [1:0] hp1_arburst_o,
  output logic [3:0] hp1_arcache_o,
  output logic [2:0] hp1_arprot_o,
  output logic hp1_arvalid_o,
  input  logic hp1_arready_i,
  input  logic [63:0] hp1_rdata_i,
  input  logic [1:0] hp1_rresp_i,
  input  logic hp1_rlast_i,
  input  logic hp1_rvalid_i,
  output logic hp1_rready_o,

  // AXI3: activations and parameters in, activations out
  output logic [31:0] hp2_araddr_o,
  output logic [3:0] hp2_arlen_o,
  output logic [2:0] hp2_arsize_o,
  output logic [1:0] hp2_arburst_o,
  output logic [3:0] hp2_arcache_o,
  output logic [2:0] hp2_arprot_o,
  output logic hp2_arvalid_o,
  input  logic hp2_arready_i,
  input  logic [63:0] hp2_rdata_i,
  input  logic [1:0] hp2_rresp_i,
  input  logic hp2_rlast_i,
  input  logic hp2_rvalid_i,
  output logic hp2_rready_o,
  output logic [31:0] hp2_awaddr_o,
  output logic [3:0] hp2_awlen_o,
  output logic [2:0] hp2_awsize_o,
  output logic [1:0] hp2_awburst_o,
  output logic [3:0] hp2_awcache_o,
  output logic [2:0] hp2_awprot_o,
  output logic hp2_awvalid_o,
  input  logic hp2_awready_i,
  output logic [63:0] hp2_wdata_o,
  output logic [7:0] hp2_wstrb_o,
  output logic hp2_wlast_o,
  output logic hp2_wvalid_o,
  input  logic hp2_wready_i,
  input  logic [1:0] hp2_bresp_i,
  input  logic hp2_bvalid_i,
  output logic hp2_bready_o,

  // AXI3: program
  output logic [31:0] hp3_araddr_o,
  output logic [3:0] hp3_arlen_o,
  output logic [2:0] hp3_arsize_o,
  output logic [1:0] hp3_arburst_o,
  output logic [3:0] hp3_arcache_o,
  output logic [2:0] hp3_arprot_o,
  output logic hp3_arvalid_o,
  input  logic hp3_arready_i,
  input  logic [63:0] hp3_rdata_i,
  input  logic [1:0] hp3_rresp_i,
  input  logic hp3_rlast_i,
  input  logic hp3_rvalid_i,
  output logic hp3_rready_o,

  output logic irq_o
);
  localparam int unsigned Events = 12;
  localparam int unsigned InstrWidth = cortado_pkg::InstrWidth;
  localparam logic [31:0] Config = {4'(P), 4'(Blocks), 8'(Depth), 16'(WeightRows)};

  logic core_rst_n, start, running, halt, counters_clear, ended;
  logic [31:0] program_address;
  logic [15:0] program_length;
  logic [127:0] bases;
  logic [3:0] read_quiet, read_error;
  logic write_quiet, write_idle, write_error;
  logic [47:0] cycles;
  logic [Events*32-1:0] counts;
  logic [Events-1:0] events;

  // ---- registers ----
  logic reg_write;
  logic [9:0] reg_write_index, reg_read_index;
  logic [31:0] reg_write_data, reg_read_data;
  logic [6:0] errors;
  logic [4:0] busy;

  axil_slave u_axil (
    .clk_i, .rst_ni,
    .awaddr_i(ctl_awaddr_i), .awvalid_i(ctl_awvalid_i), .awready_o(ctl_awready_o), .wdata_i(ctl_wdata_i),
    .wstrb_i(ctl_wstrb_i), .wvalid_i(ctl_wvalid_i), .wready_o(ctl_wready_o), .bresp_o(ctl_bresp_o),
    .bvalid_o(ctl_bvalid_o), .bready_i(ctl_bready_i), .araddr_i(ctl_araddr_i), .arvalid_i(ctl_arvalid_i),
    .arready_o(ctl_arready_o), .rdata_o(ctl_rdata_o), .rresp_o(ctl_rresp_o), .rvalid_o(ctl_rvalid_o),
    .rready_i(ctl_rready_i),
    .write_o(reg_write), .write_index_o(reg_write_index), .write_data_o(reg_write_data),
    .read_index_o(reg_read_index), .read_data_i(reg_read_data)
  );

  control #(.Events(Events), .Config(Config), .Fingerprint(Fingerprint)) u_control (
    .clk_i, .rst_ni, .write_i(reg_write), .write_index_i(reg_write_index), .write_data_i(reg_write_data),
    .read_index_i(reg_read_index), .read_data_o(reg_read_data), .irq_o,
    .core_rst_no(core_rst_n), .start_o(start), .running_o(running), .halt_o(halt), .counters_clear_o(counters_clear),
    .program_address_o(program_address), .program_length_o(program_length), .bases_o(bases),
    .end_i(ended), .axi_quiet_i(&read_quiet && write_quiet), .progress_i(|events), .errors_i(errors), .busy_i(busy),
    .cycles_i(cycles), .counts_i(counts)
  );

  perf_counters #(.Events(Events)) u_counters (
    .clk_i, .clear_i(counters_clear), .run_i(running), .event_i(events), .cycles_o(cycles), .counts_o(counts)
  );

  // ---- instructions: 0 load, 1 weights, 2 convolution, 3 vector, 4 store ----
  logic fetch_busy, fetch_error;
  logic fetch_cmd_valid, fetch_cmd_ready, fetch_data_valid, fetch_data_ready;
  logic [31:3] fetch_addr;
  logic [19:0] fetch_beats;
  logic [63:0] fetch_data;
  logic [4:0] queue_push, queue_full, queue_valid, queue_pop;
  logic [InstrWidth-1:0] fetched;
  logic [5*InstrWidth-1:0] heads;

  instr_fetch u_fetch (
    .clk_i, .rst_ni(core_rst_n), .start_i(start), .address_i(program_address), .length_i(program_length),
    .cmd_valid_o(fetch_cmd_valid), .cmd_ready_i(fetch_cmd_ready), .cmd_addr_o(fetch_addr), .cmd_beats_o(fetch_beats),
    .data_valid_i(fetch_data_valid), .data_ready_o(fetch_data_ready), .data_i(fetch_data),
    .push_o(queue_push), .instr_o(fetched), .full_i(queue_full), .busy_o(fetch_busy), .error_o(fetch_error)
  );

  for (genvar q = 0; q < 5; q++) begin : g_queue
    logic [4:0] unused_count;
    sync_fifo #(.Width(InstrWidth), .Depth(16)) u_queue (
      .clk_i, .rst_ni(core_rst_n), .push_i(queue_push[q]), .data_i(fetched), .full_o(queue_full[q]),
      .count_o(unused_count), .valid_o(queue_valid[q]), .data_o(heads[InstrWidth*q +: InstrWidth]), .pop_i(queue_pop[q])
    );
    logic unused;
    assign unused = ^unused_count;
  end

  // ---- tokens ----
  logic [3:0] tokens_ready, tokens_take;
  logic [3:0] load_post, conv_early, conv_post, vec_early, store_post;
  logic [3:0] conv_result_post, vec_result_post;
  logic any_waiting, token_overflow;
  logic [15:0] wanted;

  for (genvar t = 0; t < 4; t++) begin : g_token
    // The weight queue has no tokens.
    localparam int unsigned Q = t == 0 ? 0 : t + 1;
    assign wanted[4*t +: 4] = queue_valid[Q] ? heads[InstrWidth*Q + 4 +: 4] : 4'd0;
    assign tokens_take[t] = queue_pop[Q];
  end
  // A convolution without a drain posts by itself, maybe while the tile before it ends its drain.
  token_board u_tokens (
    .clk_i, .rst_ni(core_rst_n),
    .give_i({8'd0, conv_post, 4'd0, 4'd0, vec_early, conv_early, 4'd0,
             store_post, vec_result_post, conv_result_post, load_post}),
    .wanted_i(wanted), .ready_o(tokens_ready), .take_i(tokens_take), .any_waiting_o(any_waiting),
    .overflow_o(token_overflow)
  );

  // ---- loads ----
  logic load_cmd_valid, load_cmd_ready, load_data_valid, load_data_ready, load_busy;
  logic [31:3] load_addr;
  logic [19:0] load_beats;
  logic [63:0] load_data;
  logic act_load_req, act_load_gnt, act_load_narrow, param_write, vec_weight_write;
  cortado_pkg::pos_t act_load_pos;
  logic [127:0] act_load_data;
  logic [8:0] table_row;
  logic [2:0] table_lane;

  load_unit #(.P(P)) u_load (
    .clk_i, .rst_ni(core_rst_n), .instr_valid_i(queue_valid[0]), .instr_i(heads[0 +: InstrWidth]),
    .instr_pop_o(queue_pop[0]), .tokens_ready_i(tokens_ready[cortado_pkg::QueueLoad]), .post_o(load_post), .bases_i(bases),
    .cmd_valid_o(load_cmd_valid), .cmd_ready_i(load_cmd_ready), .cmd_addr_o(load_addr), .cmd_beats_o(load_beats),
    .data_valid_i(load_data_valid), .data_ready_o(load_data_ready), .data_i(load_data),
    .act_req_o(act_load_req), .act_gnt_i(act_load_gnt), .act_pos_o(act_load_pos), .act_narrow_o(act_load_narrow),
    .act_data_o(act_load_data), .param_write_o(param_write), .vec_weight_write_o(vec_weight_write),
    .table_row_o(table_row), .table_lane_o(table_lane), .busy_o(load_busy)
  );

  // ---- weights ----
  logic [1:0] weight_cmd_valid, weight_cmd_ready, weight_allow, weight_reserve, weight_data_valid;
  logic [57:0] weight_addr;
  logic [19:0] weight_beats;
  logic [9:0] weight_reserve_beats;
  logic [127:0] weight_data;
  logic weight_busy, weights_ready, weights_swap, weights_keep, weights_rewind;
  logic row_valid;
  logic [2:0] row;
  logic [127:0] row_data;

  weight_unit u_weight_unit (
    .clk_i, .rst_ni(core_rst_n), .instr_valid_i(queue_valid[1]), .instr_i(heads[InstrWidth +: InstrWidth]),
    .instr_pop_o(queue_pop[1]), .bases_i(bases), .cmd_valid_o(weight_cmd_valid), .cmd_ready_i(weight_cmd_ready),
    .cmd_addr_o(weight_addr), .cmd_beats_o(weight_beats), .busy_o(weight_busy)
  );

  weight_buffer #(.Rows(WeightRows)) u_weights (
    .clk_i, .rst_ni(core_rst_n), .reserve_i(weight_reserve), .reserve_beats_i(weight_reserve_beats),
    .space_o(weight_allow), .write_i(weight_data_valid), .data_i(weight_data), .ready_o(weights_ready),
    .swap_i(weights_swap), .keep_i(weights_keep), .rewind_i(weights_rewind), .row_valid_o(row_valid), .row_o(row),
    .row_data_o(row_data)
  );

  // ---- compute ----
  logic conv_error, conv_busy, conv_active, wait_weights, wait_drain, wait_tokens;
  logic vec_busy, vec_active, result_write, address_error;
  logic act_store_req, act_store_gnt;
  cortado_pkg::pos_t act_store_pos;
  logic [127:0] act_store_data;

  compute_core #(.P(P), .Depth(Depth), .Blocks(Blocks), .Lanes(Lanes)) u_core (
    .clk_i, .rst_ni(core_rst_n),
    .conv_instr_valid_i(queue_valid[2]), .conv_instr_i(heads[2*InstrWidth +: InstrWidth]),
    .conv_instr_pop_o(queue_pop[2]), .conv_tokens_ready_i(tokens_ready[cortado_pkg::QueueConv]),
    .conv_early_o(conv_early), .conv_post_o(conv_post), .conv_result_post_o(conv_result_post),
    .vec_instr_valid_i(queue_valid[3]), .vec_instr_i(heads[3*InstrWidth +: InstrWidth]),
    .vec_instr_pop_o(queue_pop[3]), .vec_tokens_ready_i(tokens_ready[cortado_pkg::QueueVec]),
    .vec_early_o(vec_early), .vec_result_post_o(vec_result_post),
    .weights_ready_i(weights_ready), .weights_swap_o(weights_swap), .weights_keep_o(weights_keep),
    .weights_rewind_o(weights_rewind), .row_valid_i(row_valid), .row_i(row), .row_data_i(row_data),
    .param_write_i(param_write), .vec_weight_write_i(vec_weight_write), .table_row_i(table_row),
    .table_lane_i(table_lane), .table_data_i(load_data),
    .act_load_req_i(act_load_req), .act_load_gnt_o(act_load_gnt), .act_load_pos_i(act_load_pos),
    .act_load_narrow_i(act_load_narrow), .act_load_data_i(act_load_data), .act_store_req_i(act_store_req),
    .act_store_gnt_o(act_store_gnt), .act_store_pos_i(act_store_pos), .act_store_data_o(act_store_data),
    .conv_busy_o(conv_busy), .vec_busy_o(vec_busy), .conv_error_o(conv_error), .address_error_o(address_error),
    .conv_active_o(conv_active), .wait_weights_o(wait_weights), .wait_tokens_o(wait_tokens),
    .wait_drain_o(wait_drain), .vec_active_o(vec_active), .result_write_o(result_write)
  );

  // ---- stores ----
  logic store_cmd_valid, store_cmd_ready, store_data_valid, store_data_ready, store_busy;
  logic [31:3] store_addr;
  logic [19:0] store_beats;
  logic [63:0] store_data;

  store_unit #(.P(P)) u_store (
    .clk_i, .rst_ni(core_rst_n), .instr_valid_i(queue_valid[4]), .instr_i(heads[4*InstrWidth +: InstrWidth]),
    .instr_pop_o(queue_pop[4]), .tokens_ready_i(tokens_ready[cortado_pkg::QueueStore]), .post_o(store_post), .bases_i(bases),
    .cycle_i(cycles), .act_req_o(act_store_req), .act_gnt_i(act_store_gnt), .act_pos_o(act_store_pos),
    .act_data_i(act_store_data), .cmd_valid_o(store_cmd_valid), .cmd_ready_i(store_cmd_ready), .cmd_addr_o(store_addr),
    .cmd_beats_o(store_beats), .data_valid_o(store_data_valid), .data_ready_i(store_data_ready), .data_o(store_data),
    .memory_idle_i(write_idle), .busy_o(store_busy), .end_o(ended)
  );

  // ---- memory ----
  axi_read_master u_weights_low (
    .clk_i, .rst_ni(core_rst_n), .halt_i(halt), .idle_o(read_quiet[0]), .error_o(read_error[0]),
    .cmd_valid_i(weight_cmd_valid[0]), .cmd_ready_o(weight_cmd_ready[0]), .cmd_addr_i(weight_addr[28:0]),
    .cmd_beats_i(weight_beats), .allow_i(weight_allow[0]), .reserve_o(weight_reserve[0]),
    .reserve_beats_o(weight_reserve_beats[4:0]), .data_valid_o(weight_data_valid[0]), .data_ready_i(1'b1),
    .data_o(weight_data[63:0]),
    .araddr_o(hp0_araddr_o), .arlen_o(hp0_arlen_o), .arvalid_o(hp0_arvalid_o), .arready_i(hp0_arready_i),
    .rdata_i(hp0_rdata_i), .rresp_i(hp0_rresp_i), .rlast_i(hp0_rlast_i), .rvalid_i(hp0_rvalid_i), .rready_o(hp0_rready_o)
  );
  assign hp0_arsize_o = 3'd3;
  assign hp0_arburst_o = 2'b01;
  assign hp0_arcache_o = 4'b0011;
  assign hp0_arprot_o = 3'b000;

  axi_read_master u_weights_high (
    .clk_i, .rst_ni(core_rst_n), .halt_i(halt), .idle_o(read_quiet[1]), .error_o(read_error[1]),
    .cmd_valid_i(weight_cmd_valid[1]), .cmd_ready_o(weight_cmd_ready[1]), .cmd_addr_i(weight_addr[57:29]),
    .cmd_beats_i(weight_beats), .allow_i(weight_allow[1]), .reserve_o(weight_reserve[1]),
    .reserve_beats_o(weight_reserve_beats[9:5]), .data_valid_o(weight_data_valid[1]), .data_ready_i(1'b1),
    .data_o(weight_data[127:64]),
    .araddr_o(hp1_araddr_o), .arlen_o(hp1_arlen_o), .arvalid_o(hp1_arvalid_o), .arready_i(hp1_arready_i),
    .rdata_i(hp1_rdata_i), .rresp_i(hp1_rresp_i), .rlast_i(hp1_rlast_i), .rvalid_i(hp1_rvalid_i), .rready_o(hp1_rready_o)
  );
  assign hp1_arsize_o = 3'd3;
  assign hp1_arburst_o = 2'b01;
  assign hp1_arcache_o = 4'b0011;
  assign hp1_arprot_o = 3'b000;

  logic load_reserve, fetch_reserve;
  logic [4:0] load_reserve_beats, fetch_reserve_beats;
  axi_read_master u_loads (
    .clk_i, .rst_ni(core_rst_n), .halt_i(halt), .idle_o(read_quiet[2]), .error_o(read_error[2]),
    .cmd_valid_i(load_cmd_valid), .cmd_ready_o(load_cmd_ready), .cmd_addr_i(load_addr), .cmd_beats_i(load_beats),
    .allow_i(1'b1), .reserve_o(load_reserve), .reserve_beats_o(load_reserve_beats), .data_valid_o(load_data_valid),
    .data_ready_i(load_data_ready), .data_o(load_data),
    .araddr_o(hp2_araddr_o), .arlen_o(hp2_arlen_o), .arvalid_o(hp2_arvalid_o), .arready_i(hp2_arready_i),
    .rdata_i(hp2_rdata_i), .rresp_i(hp2_rresp_i), .rlast_i(hp2_rlast_i), .rvalid_i(hp2_rvalid_i), .rready_o(hp2_rready_o)
  );
  assign hp2_arsize_o = 3'd3;
  assign hp2_arburst_o = 2'b01;
  assign hp2_arcache_o = 4'b0011;
  assign hp2_arprot_o = 3'b000;

  axi_read_master u_program (
    .clk_i, .rst_ni(core_rst_n), .halt_i(halt), .idle_o(read_quiet[3]), .error_o(read_error[3]),
    .cmd_valid_i(fetch_cmd_valid), .cmd_ready_o(fetch_cmd_ready), .cmd_addr_i(fetch_addr), .cmd_beats_i(fetch_beats),
    .allow_i(1'b1), .reserve_o(fetch_reserve), .reserve_beats_o(fetch_reserve_beats), .data_valid_o(fetch_data_valid),
    .data_ready_i(fetch_data_ready), .data_o(fetch_data),
    .araddr_o(hp3_araddr_o), .arlen_o(hp3_arlen_o), .arvalid_o(hp3_arvalid_o), .arready_i(hp3_arready_i),
    .rdata_i(hp3_rdata_i), .rresp_i(hp3_rresp_i), .rlast_i(hp3_rlast_i), .rvalid_i(hp3_rvalid_i), .rready_o(hp3_rready_o)
  );
  assign hp3_arsize_o = 3'd3;
  assign hp3_arburst_o = 2'b01;
  assign hp3_arcache_o = 4'b0011;
  assign hp3_arprot_o = 3'b000;

  axi_write_master u_stores (
    .clk_i, .rst_ni(core_rst_n), .halt_i(halt), .idle_o(write_idle), .quiet_o(write_quiet), .error_o(write_error),
    .cmd_valid_i(store_cmd_valid), .cmd_ready_o(store_cmd_ready), .cmd_addr_i(store_addr), .cmd_beats_i(store_beats),
    .data_valid_i(store_data_valid), .data_ready_o(store_data_ready), .data_i(store_data),
    .awaddr_o(hp2_awaddr_o), .awlen_o(hp2_awlen_o), .awvalid_o(hp2_awvalid_o), .awready_i(hp2_awready_i),
    .wdata_o(hp2_wdata_o), .wstrb_o(hp2_wstrb_o), .wlast_o(hp2_wlast_o), .wvalid_o(hp2_wvalid_o),
    .wready_i(hp2_wready_i), .bresp_i(hp2_bresp_i), .bvalid_i(hp2_bvalid_i), .bready_o(hp2_bready_o)
  );
  assign hp2_awsize_o = 3'd3;
  assign hp2_awburst_o = 2'b01;
  assign hp2_awcache_o = 4'b0011;
  assign hp2_awprot_o = 3'b000;

  // ---- events, errors, state ----
  assign events = {
    result_write,                              // 11
    |queue_push,                               // 10
    hp2_wvalid_o && hp2_wready_i,              // 9
    hp3_rvalid_i && hp3_rready_o,              // 8
    hp2_rvalid_i && hp2_rready_o,              // 7
    hp1_rvalid_i && hp1_rready_o,              // 6
    hp0_rvalid_i && hp0_rready_o,              // 5
    vec_active,                                // 4
    wait_drain,                                // 3
    wait_tokens,                               // 2
    wait_weights,                              // 1
    conv_active                                // 0
  };
  // At its end a program has used all it asked for.
  logic unfinished;
  assign unfinished = fetch_busy || busy[3:0] != '0 || queue_valid[3:0] != '0 || weights_ready || !(&read_quiet);
  assign errors = {
    conv_error || (ended && unfinished),       // 7
    address_error,                             // 6
    token_overflow,                            // 5
    1'b0,                                      // 4, the watchdog
    write_error,                               // 3
    |read_error,                               // 2
    fetch_error                                // 1
  };
  assign busy = {store_busy, vec_busy, conv_busy, weight_busy, load_busy};

  logic unused;
  assign unused = ^{any_waiting, load_reserve, load_reserve_beats, fetch_reserve, fetch_reserve_beats};
endmodule
