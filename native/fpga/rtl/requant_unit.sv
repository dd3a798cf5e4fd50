// Turns sums into int8 results, `Lanes` channels a cycle (8 or 16), for the array and the vector unit (in turn where both have some),
// and writes them to the activation buffer. A parameter row holds eight channels: per channel bias[31:0], m[47:32], s[52:48],
// l[56:53]; with `leaky` the second row behind it holds m, s, l for sums below zero, and the request takes two cycles.
// Sixteen lanes read two rows at once, the first of them even.
module requant_unit #(
  parameter int unsigned Lanes = 8
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic conv_req_i,
  output logic conv_gnt_o,
  input  logic [Lanes*32-1:0] conv_sums_i,
  input  logic [cortado_pkg::ParamRowWidth-1:0] conv_row_i,
  input  logic conv_leaky_i,
  input  cortado_pkg::result_t conv_result_i,

  input  logic vec_req_i,
  output logic vec_gnt_o,
  input  logic [Lanes*32-1:0] vec_sums_i,
  input  logic [cortado_pkg::ParamRowWidth-1:0] vec_row_i,
  input  logic vec_leaky_i,
  input  cortado_pkg::result_t vec_result_i,

  input  logic param_write_i,
  input  logic [cortado_pkg::ParamRowWidth-1:0] param_row_i,
  input  logic [2:0] param_lane_i,
  input  logic [63:0] param_data_i,

  output logic write_o,
  output cortado_pkg::result_t result_o,
  output logic [3:0] write_mask_o,        // per four channels of the word
  output logic [127:0] data_o
);
  localparam int unsigned Latency = 9;    // of a lane, behind the request register

  logic is_conv, last_conv_q, accept, leaky, second_q, leaky_q;
  logic [cortado_pkg::ParamRowWidth-1:0] request_row, row, next_row_q;
  logic [Lanes*32-1:0] sums_q;
  logic [7:0] zero, low, high;
  logic [Latency:0] valid_q;
  cortado_pkg::result_t result_q;
  cortado_pkg::result_t clamp_result;
  logic [Lanes*32-1:0] biased;
  logic [Lanes*8-1:0] raw_part, raw_delayed, y, data;
  logic [1:0] raw_part_sel;

  assign is_conv = conv_req_i && !(vec_req_i && last_conv_q);
  assign conv_gnt_o = is_conv && !second_q;
  assign vec_gnt_o = vec_req_i && !is_conv && !second_q;
  assign accept = conv_gnt_o || vec_gnt_o;
  assign leaky = (conv_gnt_o && conv_leaky_i) || (vec_gnt_o && vec_leaky_i);
  assign request_row = is_conv ? conv_row_i : vec_row_i;
  assign row = second_q ? next_row_q : request_row;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      second_q <= 1'b0;
      last_conv_q <= 1'b0;
      valid_q <= '0;
    end else begin
      second_q <= leaky;
      if (accept) last_conv_q <= is_conv;
      valid_q <= {valid_q[Latency-1:0], accept};
    end
    next_row_q <= request_row + cortado_pkg::ParamRowWidth'(2);
    leaky_q <= leaky;
    sums_q <= is_conv ? conv_sums_i : vec_sums_i;
    result_q <= is_conv ? conv_result_i : vec_result_i;
  end

  cortado_pkg::result_t result_end;
  delay_line #(.Width(cortado_pkg::ResultWidth), .Cycles(Latency - 1)) u_result (
    .clk_i, .data_i(result_q), .data_o(clamp_result)
  );
  delay_line #(.Width(cortado_pkg::ResultWidth), .Cycles(1)) u_result_end (
    .clk_i, .data_i(clamp_result), .data_o(result_end)
  );
  assign zero = clamp_result.zero;
  assign low = clamp_result.low;
  assign high = clamp_result.high;

  delay_line #(.Width(2), .Cycles(1)) u_raw_sel (.clk_i, .data_i(result_q.raw_part), .data_o(raw_part_sel));
  assign raw_part = biased[Lanes*8*raw_part_sel +: Lanes*8];
  delay_line #(.Width(Lanes*8), .Cycles(Latency - 1)) u_raw (.clk_i, .data_i(raw_part), .data_o(raw_delayed));

  for (genvar i = 0; i < Lanes; i++) begin : g_lane
    logic [63:0] params;
    if (Lanes == 16) begin : g_pair
      param_ram #(.Rows(2**(cortado_pkg::ParamRowWidth-1))) u_params (
        .clk_i, .read_i(accept || second_q), .read_row_i(row[cortado_pkg::ParamRowWidth-1:1]), .data_o(params),
        .write_i(param_write_i && {param_row_i[0], param_lane_i} == 4'(i)),
        .write_row_i(param_row_i[cortado_pkg::ParamRowWidth-1:1]), .data_i(param_data_i)
      );
    end else begin : g_single
      param_ram #(.Rows(2**cortado_pkg::ParamRowWidth)) u_params (
        .clk_i, .read_i(accept || second_q), .read_row_i(row), .data_o(params),
        .write_i(param_write_i && param_lane_i == 3'(i)), .write_row_i(param_row_i), .data_i(param_data_i)
      );
    end
    requant_lane #(.HighInLuts(Lanes == 16)) u_lane (
      .clk_i, .acc_i(sums_q[32*i +: 32]), .bias_i(params[31:0]), .scale_i(params[56:32]), .leaky_i(leaky_q),
      .negative_scale_i(params[56:32]), .zero_i(zero), .low_i(low), .high_i(high), .biased_o(biased[32*i +: 32]),
      .y_o(y[8*i +: 8])
    );
    logic unused;
    assign unused = ^params[63:57];
  end

  assign write_o = valid_q[Latency];
  assign result_o = result_end;
  assign data = result_end.raw ? raw_delayed : y;
  if (Lanes == 16) begin : g_word
    logic unused_row;
    assign data_o = data;
    assign write_mask_o = 4'b1111;
    assign unused_row = ^{row[0], result_end.half};
  end else begin : g_half
    assign data_o = {data, data};
    assign write_mask_o = result_end.half ? 4'b1100 : 4'b0011;
  end
endmodule
