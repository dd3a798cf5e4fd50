// What computes: convolution unit with the array, vector unit, requantisation, and the activation buffer that they share.
module compute_core #(
  parameter int unsigned P = 3,
  parameter int unsigned Depth = 64,
  parameter int unsigned Blocks = 4,
  parameter int unsigned Lanes = 8        // of the requantisation, 8 or 16
) (
  input  logic clk_i,
  input  logic rst_ni,

  // Instructions and tokens. What an instruction gives on completion comes from the unit or with its last result.
  input  logic conv_instr_valid_i,
  input  logic [cortado_pkg::InstrWidth-1:0] conv_instr_i,
  output logic conv_instr_pop_o,
  input  logic conv_tokens_ready_i,
  output logic [3:0] conv_early_o,
  output logic [3:0] conv_post_o,
  output logic [3:0] conv_result_post_o,
  input  logic vec_instr_valid_i,
  input  logic [cortado_pkg::InstrWidth-1:0] vec_instr_i,
  output logic vec_instr_pop_o,
  input  logic vec_tokens_ready_i,
  output logic [3:0] vec_early_o,
  output logic [3:0] vec_result_post_o,

  // Weights
  input  logic weights_ready_i,
  output logic weights_swap_o,
  output logic weights_keep_o,
  output logic weights_rewind_o,
  input  logic row_valid_i,
  input  logic [2:0] row_i,
  input  logic [127:0] row_data_i,

  // Tables
  input  logic param_write_i,
  input  logic vec_weight_write_i,
  input  logic [8:0] table_row_i,
  input  logic [2:0] table_lane_i,
  input  logic [63:0] table_data_i,

  // Activations
  input  logic act_load_req_i,
  output logic act_load_gnt_o,
  input  cortado_pkg::pos_t act_load_pos_i,
  input  logic act_load_narrow_i,
  input  logic [127:0] act_load_data_i,
  input  logic act_store_req_i,
  output logic act_store_gnt_o,
  input  cortado_pkg::pos_t act_store_pos_i,
  output logic [127:0] act_store_data_o,

  // State and events
  output logic conv_busy_o,
  output logic vec_busy_o,
  output logic conv_error_o,
  output logic address_error_o,
  output logic conv_active_o,
  output logic wait_weights_o,
  output logic wait_tokens_o,
  output logic wait_drain_o,
  output logic vec_active_o,
  output logic result_write_o
);
  // ---- convolution ----
  localparam int unsigned D = $clog2(Depth);

  logic conv_unit_busy;
  logic conv_read_req;
  logic [P*cortado_pkg::RotWidth-1:0] conv_bank;
  logic [P*cortado_pkg::AddrWidth-1:0] conv_addr;
  logic [P-1:0] conv_valid;
  logic [1:0] conv_col;
  logic [7:0] conv_pad;
  logic [P*32-1:0] conv_x;
  logic array_valid, array_swap, array_clear, array_bank, array_busy;
  logic [D-1:0] array_group, drain_group;
  logic drain_busy, drain_start, drain_bank;
  cortado_pkg::conv_t drain_conv;
  cortado_pkg::output_t drain_output;
  logic [P*64*cortado_pkg::SumWidth-1:0] array_sums;

  conv_unit #(.P(P), .Depth(Depth)) u_conv (
    .clk_i, .rst_ni, .instr_valid_i(conv_instr_valid_i), .instr_i(conv_instr_i),
    .instr_pop_o(conv_instr_pop_o), .tokens_ready_i(conv_tokens_ready_i), .early_post_o(conv_early_o),
    .post_o(conv_post_o), .error_o(conv_error_o), .weights_ready_i, .weights_swap_o,
    .weights_keep_o, .weights_rewind_o, .read_req_o(conv_read_req),
    .read_bank_o(conv_bank), .read_addr_o(conv_addr), .read_valid_o(conv_valid), .read_col_o(conv_col),
    .read_pad_o(conv_pad), .array_valid_o(array_valid), .array_swap_o(array_swap), .array_clear_o(array_clear),
    .array_bank_o(array_bank), .array_group_o(array_group), .drain_busy_i(drain_busy), .drain_start_o(drain_start),
    .drain_bank_o(drain_bank), .drain_conv_o(drain_conv),
    .drain_output_o(drain_output), .busy_o(conv_unit_busy), .active_o(conv_active_o), .wait_weights_o(wait_weights_o),
    .wait_drain_o(wait_drain_o), .wait_tokens_o(wait_tokens_o)
  );

  mac_array #(.P(P), .Depth(Depth)) u_array (
    .clk_i, .rst_ni, .row_valid_i, .row_i, .row_data_i, .valid_i(array_valid),
    .swap_i(array_swap), .clear_i(array_clear), .bank_i(array_bank), .group_i(array_group), .x_i(conv_x),
    .busy_o(array_busy), .drain_group_i(drain_group), .sums_o(array_sums)
  );

  // ---- vector unit ----
  logic vec_read_req, vec_read_gnt;
  logic [P*cortado_pkg::RotWidth-1:0] vec_bank;
  logic [P*cortado_pkg::AddrWidth-1:0] vec_addr;
  logic [P-1:0] vec_valid;
  logic [7:0] vec_pad;
  logic [P*128-1:0] vec_data;
  logic [cortado_pkg::VecWeightRowWidth-1:0] vec_weight_row;
  logic [127:0] vec_weight_data;
  logic vec_req, vec_gnt, vec_leaky;
  logic [Lanes*32-1:0] vec_sums;
  logic [cortado_pkg::ParamRowWidth-1:0] vec_row;
  cortado_pkg::result_t vec_result;

  vec_unit #(.P(P), .Lanes(Lanes)) u_vec (
    .clk_i, .rst_ni, .instr_valid_i(vec_instr_valid_i), .instr_i(vec_instr_i),
    .instr_pop_o(vec_instr_pop_o), .tokens_ready_i(vec_tokens_ready_i), .early_post_o(vec_early_o),
    .read_req_o(vec_read_req), .read_gnt_i(vec_read_gnt), .read_bank_o(vec_bank), .read_addr_o(vec_addr),
    .read_valid_o(vec_valid), .read_pad_o(vec_pad), .read_data_i(vec_data), .weight_row_o(vec_weight_row),
    .weight_data_i(vec_weight_data), .req_o(vec_req), .gnt_i(vec_gnt), .sums_o(vec_sums), .row_o(vec_row),
    .leaky_o(vec_leaky), .result_o(vec_result), .busy_o(vec_busy_o), .active_o(vec_active_o)
  );

  vec_weight_ram u_vec_weights (
    .clk_i, .read_row_i(vec_weight_row), .data_o(vec_weight_data),
    .write_i({vec_weight_write_i && table_lane_i[0], vec_weight_write_i && !table_lane_i[0]}), .write_row_i(table_row_i),
    .data_i(table_data_i)
  );

  // ---- requantisation ----
  logic drain_req, drain_gnt, drain_leaky;
  logic [Lanes*32-1:0] drain_request_sums;
  logic [cortado_pkg::ParamRowWidth-1:0] drain_row;
  cortado_pkg::result_t drain_result;
  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::result_t result;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [127:0] result_data;
  logic [3:0] result_mask;

  conv_drain #(.P(P), .Depth(Depth), .Lanes(Lanes)) u_drain (
    .clk_i, .rst_ni, .start_i(drain_start), .bank_i(drain_bank), .conv_i(drain_conv), .output_i(drain_output),
    .busy_o(drain_busy), .array_group_o(drain_group), .array_sums_i(array_sums),
    .req_o(drain_req), .gnt_i(drain_gnt), .sums_o(drain_request_sums), .row_o(drain_row), .leaky_o(drain_leaky),
    .result_o(drain_result)
  );

  requant_unit #(.Lanes(Lanes)) u_requant (
    .clk_i, .rst_ni, .conv_req_i(drain_req), .conv_gnt_o(drain_gnt), .conv_sums_i(drain_request_sums),
    .conv_row_i(drain_row), .conv_leaky_i(drain_leaky), .conv_result_i(drain_result), .vec_req_i(vec_req),
    .vec_gnt_o(vec_gnt), .vec_sums_i(vec_sums), .vec_row_i(vec_row), .vec_leaky_i(vec_leaky), .vec_result_i(vec_result),
    .param_write_i, .param_row_i(table_row_i), .param_lane_i(table_lane_i), .param_data_i(table_data_i),
    .write_o(result_write_o), .result_o(result), .write_mask_o(result_mask), .data_o(result_data)
  );

  // The write takes place in this cycle; the token is there in the next.
  assign conv_result_post_o = result_write_o && result.last && !result.vec ? result.post : 4'd0;
  assign vec_result_post_o = result_write_o && result.last && result.vec ? result.post : 4'd0;

  // ---- activation buffer ----
  act_buffer #(.P(P), .Blocks(Blocks)) u_act (
    .clk_i, .conv_req_i(conv_read_req), .conv_bank_i(conv_bank), .conv_addr_i(conv_addr), .conv_valid_i(conv_valid),
    .conv_col_i(conv_col), .conv_pad_i(conv_pad), .conv_data_o(conv_x), .vec_req_i(vec_read_req),
    .vec_gnt_o(vec_read_gnt), .vec_bank_i(vec_bank), .vec_addr_i(vec_addr), .vec_valid_i(vec_valid), .vec_pad_i(vec_pad),
    .vec_data_o(vec_data), .result_req_i(result_write_o), .result_pos_i(result.pos), .result_mask_i(result_mask),
    .result_data_i(result_data), .store_req_i(act_store_req_i), .store_pos_i(act_store_pos_i),
    .store_gnt_o(act_store_gnt_o), .store_data_o(act_store_data_o), .load_req_i(act_load_req_i),
    .load_pos_i(act_load_pos_i), .load_narrow_i(act_load_narrow_i), .load_data_i(act_load_data_i),
    .load_gnt_o(act_load_gnt_o)
  );

  if (Blocks < 4) begin : g_address_error
    localparam logic [2:0] End = 3'(Blocks);
    assign address_error_o = (result_write_o && {1'b0, result.pos.a[cortado_pkg::AddrWidth-1:11]} >= End)
                        || (act_load_req_i && {1'b0, act_load_pos_i.a[cortado_pkg::AddrWidth-1:11]} >= End)
                        || (act_store_req_i && {1'b0, act_store_pos_i.a[cortado_pkg::AddrWidth-1:11]} >= End);
  end else begin : g_no_address_error
    assign address_error_o = 1'b0;
  end

  assign conv_busy_o = conv_unit_busy || array_busy || drain_busy;
endmodule
