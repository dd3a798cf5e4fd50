// Takes the finished windows of the vector unit, P pixels x 16 channels at a time, through the requantisation: `Lanes`
// channels of a pixel a cycle. Two groups wait here at most.
module vec_drain #(
  parameter int unsigned P = 3,
  parameter int unsigned Lanes = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic start_i,
  /* verilator lint_off UNUSEDSIGNAL */
  input  cortado_pkg::vec_t vec_i,        // with start_i
  input  cortado_pkg::output_t output_i,  // stable from start_i on
  /* verilator lint_on UNUSEDSIGNAL */
  output logic busy_o,

  input  logic fill_i,                    // a group is finished; there is a free place
  input  logic [P*16*cortado_pkg::VecSumWidth-1:0] sums_i,
  output logic free_o,                    // a place becomes free

  output logic req_o,
  input  logic gnt_i,
  output logic [Lanes*32-1:0] sums_o,
  output logic [cortado_pkg::ParamRowWidth-1:0] row_o,
  output logic leaky_o,
  output cortado_pkg::result_t result_o
);
  localparam int unsigned W = cortado_pkg::VecSumWidth;
  localparam bit IsWide = Lanes == 16;
  localparam int unsigned SelectWidth = (IsWide ? 1 : 2) + $clog2(P);
  localparam int unsigned GroupWidth = P * 16 * W;

  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::vec_t vec_q;
  cortado_pkg::header_t header;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [GroupWidth-1:0] place_q [2];
  logic [1:0] count_q;
  logic write_q, read_q;

  logic busy_q, half_q, last_half, take, advance, last_pixel, last_group, last_plane;
  logic [2:0] pixel_q;
  logic [12:0] group_q;
  logic [7:0] plane_q;
  logic [cortado_pkg::ParamRowWidth-1:0] row_q;
  cortado_pkg::pos_t pos;

  assign header = vec_q.header;
  assign last_group = group_q == vec_q.groups_m1;
  assign last_pixel = pixel_q == (last_group ? vec_q.last_count_m1 : 3'(P - 1));
  assign last_plane = plane_q == vec_q.planes_m1;
  assign take = advance && count_q != 2'd0;
  assign last_half = IsWide || half_q;
  assign free_o = take && last_half && last_pixel;
  assign busy_o = busy_q || req_o;

  pixel_walker #(.P(P)) u_walker (
    .clk_i, .load_i(start_i), .pos_i(vec_i.out), .x_i(vec_i.x0), .width_i(output_i.out_width),
    .row_skip_i(output_i.row_skip), .plane_step_i(output_i.plane_step), .step_i(take && last_half),
    .next_plane_i(last_pixel && last_group), .pos_o(pos)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
      count_q <= '0;
      write_q <= 1'b0;
      read_q <= 1'b0;
    end else begin
      if (start_i) busy_q <= 1'b1;
      else if (free_o && last_group && last_plane) busy_q <= 1'b0;
      count_q <= count_q + 2'(fill_i) - 2'(free_o);
      if (fill_i) write_q <= !write_q;
      if (free_o) read_q <= !read_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (fill_i && !write_q) place_q[0] <= sums_i;
    if (fill_i && write_q) place_q[1] <= sums_i;
    if (start_i) begin
      vec_q <= vec_i;
      half_q <= 1'b0;
      pixel_q <= '0;
      group_q <= '0;
      plane_q <= '0;
      row_q <= vec_i.param_row;
    end else if (take) begin
      half_q <= !IsWide && !half_q;
      if (last_half) pixel_q <= last_pixel ? 3'd0 : pixel_q + 3'd1;
      if (free_o) group_q <= last_group ? '0 : group_q + 13'd1;
      if (free_o && last_group) begin
        plane_q <= plane_q + 8'd1;
        if (!output_i.shared_params) row_q <= row_q + (output_i.leaky ? cortado_pkg::ParamRowWidth'(4) : cortado_pkg::ParamRowWidth'(2));
      end
    end
  end

  // The request.
  logic valid_q;
  cortado_pkg::result_t result;
  cortado_pkg::result_t result_q;
  logic [cortado_pkg::ParamRowWidth-1:0] request_row_q;
  logic [Lanes*W-1:0] sums_q;

  logic [Lanes*W-1:0] candidates [2**SelectWidth];
  for (genvar c = 0; c < 2**SelectWidth; c++) begin : g_candidate
    if (IsWide && c < 2 * P) assign candidates[c] = place_q[c % 2][c / 2 * Lanes*W +: Lanes*W];
    else if (!IsWide && c < 4 * P) assign candidates[c] = place_q[c / 2 % 2][(c / 4 * 2 + c % 2)*Lanes*W +: Lanes*W];
    else assign candidates[c] = '0;
  end
  logic [SelectWidth-1:0] select;
  if (IsWide) assign select = SelectWidth'({pixel_q, read_q});
  else assign select = SelectWidth'({pixel_q, read_q, half_q});

  assign advance = !valid_q || gnt_i;

  always_comb begin
    result.last = free_o && last_group && last_plane;
    result.post = result.last ? header.post : '0;
    result.vec = 1'b1;
    result.half = half_q;
    result.pos = pos;
    result.raw = 1'b0;
    result.raw_part = '0;
    result.zero = output_i.zero;
    result.low = output_i.low;
    result.high = output_i.high;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (advance) valid_q <= count_q != 2'd0;
    if (advance) begin
      sums_q <= candidates[select];
      result_q <= result;
      request_row_q <= row_q + cortado_pkg::ParamRowWidth'(half_q);
    end
  end

  logic maximum;
  assign maximum = output_i.vec_op == cortado_pkg::VecMax;
  assign req_o = valid_q;
  assign row_o = request_row_q;
  assign leaky_o = output_i.leaky;
  assign result_o = result_q;
  for (genvar i = 0; i < Lanes; i++) begin : g_sum
    // Only the low eight bits of a maximum count.
    assign sums_o[32*i +: 32] = maximum ? 32'($signed(sums_q[W*i +: 8])) : 32'($signed(sums_q[W*i +: W]));
  end
endmodule
