// Turns sums into int8 results, eight channels a cycle, for the array (which comes first) and the vector unit, and writes
// them to the activation buffer. A parameter row holds eight channels: per channel bias[31:0], m[47:32], s[52:48],
// l[56:53]; with `leaky` the row behind it holds m, s, l for sums below zero, and the request takes two cycles.
module requant_unit (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic conv_req_i,
  output logic conv_gnt_o,
  input  logic [255:0] conv_sums_i,
  input  logic [cortado_pkg::ParamRowWidth-1:0] conv_row_i,
  input  logic conv_leaky_i,
  input  cortado_pkg::result_t conv_result_i,

  input  logic vec_req_i,
  output logic vec_gnt_o,
  input  logic [255:0] vec_sums_i,
  input  logic [cortado_pkg::ParamRowWidth-1:0] vec_row_i,
  input  cortado_pkg::result_t vec_result_i,

  input  logic param_write_i,
  input  logic [cortado_pkg::ParamRowWidth-1:0] param_row_i,
  input  logic [2:0] param_lane_i,
  input  logic [63:0] param_data_i,

  output logic write_o,
  output cortado_pkg::result_t result_o,
  output logic [63:0] data_o
);
  localparam int unsigned Latency = 9;    // of a lane, behind the request register

  logic accept, second_q, leaky_q;
  logic [cortado_pkg::ParamRowWidth-1:0] row, next_row_q;
  logic [255:0] sums_q;
  logic [7:0] low, high;
  logic [Latency:0] valid_q;
  cortado_pkg::result_t result_q;
  cortado_pkg::result_t clamp_result;
  logic [255:0] biased;
  logic [63:0] raw_pair, raw_delayed;
  logic [1:0] raw_pair_sel;
  logic [63:0] y;

  assign conv_gnt_o = conv_req_i && !second_q;
  assign vec_gnt_o = vec_req_i && !conv_req_i && !second_q;
  assign accept = conv_gnt_o || vec_gnt_o;
  assign row = second_q ? next_row_q : conv_req_i ? conv_row_i : vec_row_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      second_q <= 1'b0;
      valid_q <= '0;
    end else begin
      second_q <= conv_gnt_o && conv_leaky_i;
      valid_q <= {valid_q[Latency-1:0], accept};
    end
    next_row_q <= conv_row_i + 1'b1;
    leaky_q <= conv_gnt_o && conv_leaky_i;
    sums_q <= conv_req_i ? conv_sums_i : vec_sums_i;
    result_q <= conv_req_i ? conv_result_i : vec_result_i;
  end

  cortado_pkg::result_t result_end;
  delay_line #(.Width(cortado_pkg::ResultWidth), .Cycles(Latency - 1)) u_result (
    .clk_i, .data_i(result_q), .data_o(clamp_result)
  );
  delay_line #(.Width(cortado_pkg::ResultWidth), .Cycles(1)) u_result_end (
    .clk_i, .data_i(clamp_result), .data_o(result_end)
  );
  assign low = clamp_result.low;
  assign high = clamp_result.high;

  delay_line #(.Width(2), .Cycles(1)) u_raw_sel (.clk_i, .data_i(result_q.raw_pair), .data_o(raw_pair_sel));
  assign raw_pair = biased[64*raw_pair_sel +: 64];
  delay_line #(.Width(64), .Cycles(Latency - 1)) u_raw (.clk_i, .data_i(raw_pair), .data_o(raw_delayed));

  for (genvar i = 0; i < 8; i++) begin : g_lane
    logic [63:0] params;
    param_ram u_params (
      .clk_i, .read_i(accept || second_q), .read_row_i(row), .data_o(params),
      .write_i(param_write_i && param_lane_i == 3'(i)), .write_row_i(param_row_i), .data_i(param_data_i)
    );
    requant_lane u_lane (
      .clk_i, .acc_i(sums_q[32*i +: 32]), .bias_i(params[31:0]), .scale_i(params[56:32]), .leaky_i(leaky_q),
      .negative_scale_i(params[56:32]), .low_i(low), .high_i(high), .biased_o(biased[32*i +: 32]), .y_o(y[8*i +: 8])
    );
    logic unused;
    assign unused = ^params[63:57];
  end

  assign write_o = valid_q[Latency];
  assign result_o = result_end;
  assign data_o = result_end.raw ? raw_delayed : y;
endmodule
