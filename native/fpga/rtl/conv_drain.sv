// Drains a finished tile from the array's partial sums into the requantisation: `Lanes` channels of a pixel a cycle, all pixels
// of these channels, then the next channels. Raw results take four passes, a quarter of the channels each.
module conv_drain #(
  parameter int unsigned P = 3,
  parameter int unsigned Depth = 64,
  parameter int unsigned Lanes = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic start_i,
  input  logic bank_i,                    // that the tile accumulated in, with start_i
  /* verilator lint_off UNUSEDSIGNAL */
  input  cortado_pkg::conv_t conv_i,      // with start_i, as the next
  input  cortado_pkg::output_t output_i,
  /* verilator lint_on UNUSEDSIGNAL */
  output logic busy_o,

  output logic [$clog2(Depth)-1:0] array_group_o,
  input  logic [P*64*cortado_pkg::SumWidth-1:0] array_sums_i,    // [stream][bank][eighth][channel], in the same cycle

  output logic req_o,
  input  logic gnt_i,
  output logic [Lanes*32-1:0] sums_o,
  output logic [cortado_pkg::ParamRowWidth-1:0] row_o,
  output logic leaky_o,
  output cortado_pkg::result_t result_o
);
  localparam int unsigned D = $clog2(Depth);
  localparam int unsigned W = cortado_pkg::SumWidth;
  localparam bit IsWide = Lanes == 16;
  localparam int unsigned ChunkWidth = IsWide ? 1 : 2;
  localparam int unsigned SelectWidth = 1 + ChunkWidth + $clog2(P);
  // From the issue of the last group to the first cycle in which its sums can be read.
  localparam int unsigned SettleCycles = 13;

  /* verilator lint_off UNUSEDSIGNAL */
  cortado_pkg::conv_t conv_q;
  cortado_pkg::output_t output_q;
  cortado_pkg::header_t header;
  /* verilator lint_on UNUSEDSIGNAL */
  logic busy_q, active_q;
  logic [3:0] settle_q;
  logic [3:0] part_q, parts_m1;           // chunk of `Lanes` channels; of raw results also the pass
  logic [D-1:0] group_q;
  logic [2:0] pixel_q;
  logic last_pixel, last_group, last_part, advance;
  logic [ChunkWidth-1:0] chunk;
  logic [2:0] row_offset;
  cortado_pkg::pos_t pos;

  assign header = conv_q.header;
  assign busy_o = busy_q;
  if (IsWide) begin : g_wide
    // A raw eighth is half a chunk, and two passes.
    assign parts_m1 = output_q.raw ? {1'b0, conv_q.eighths_m1, 1'b1} : {3'b000, conv_q.eighths_m1[1]};
    assign chunk = output_q.raw ? part_q[2] : part_q[0];
    assign row_offset = output_q.leaky ? {chunk, 2'b00} : {1'b0, chunk, 1'b0};
  end else begin : g_narrow
    assign parts_m1 = output_q.raw ? {conv_q.eighths_m1, 2'b11} : {2'b00, conv_q.eighths_m1};
    assign chunk = output_q.raw ? part_q[3:2] : part_q[1:0];
    assign row_offset = output_q.leaky ? {chunk[1], 1'b0, chunk[0]} : {1'b0, chunk};
  end
  assign last_group = group_q == conv_q.groups_m1[D-1:0];
  assign last_pixel = pixel_q == (last_group ? conv_q.last_count_m1 : 3'(P - 1));
  assign last_part = part_q == parts_m1;

  pixel_walker #(.P(P)) u_walker (
    .clk_i, .load_i(start_i), .pos_i(conv_i.out), .x_i(conv_i.x0), .width_i(output_q.out_width),
    .row_skip_i(output_q.row_skip), .plane_step_i(IsWide || part_q[0] ? output_q.plane_step : '0), .step_i(advance && active_q),
    .next_plane_i(last_pixel && last_group), .pos_o(pos)
  );

  // Stage 0: which sums. Stage 1: the sums, waiting for their grant.
  logic valid_q, bank_q;
  logic [Lanes*W-1:0] sums_q;
  cortado_pkg::result_t result;
  cortado_pkg::result_t result_q;
  logic [cortado_pkg::ParamRowWidth-1:0] row_q;

  logic [Lanes*W-1:0] candidates [2**SelectWidth];
  for (genvar c = 0; c < 2**SelectWidth; c++) begin : g_candidate
    if (c < 64 / Lanes * P) assign candidates[c] = array_sums_i[Lanes*W*c +: Lanes*W];
    else assign candidates[c] = '0;
  end

  assign advance = !valid_q || gnt_i;
  assign array_group_o = group_q;

  always_comb begin
    result.last = last_pixel && last_group && last_part;
    result.post = result.last ? header.post : '0;
    result.vec = 1'b0;
    result.half = !IsWide && part_q[0];
    result.pos = pos;
    result.raw = output_q.raw;
    result.raw_part = part_q[1:0];
    result.zero = output_q.zero;
    result.low = output_q.low;
    result.high = output_q.high;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
      active_q <= 1'b0;
      valid_q <= 1'b0;
      settle_q <= '0;
    end else begin
      if (start_i) begin
        busy_q <= 1'b1;
        settle_q <= 4'(SettleCycles);
      end else if (busy_q && settle_q != '0) begin
        settle_q <= settle_q - 4'd1;
        active_q <= settle_q == 4'd1;
      end else if (advance && active_q && last_pixel && last_group && last_part) begin
        active_q <= 1'b0;
      end else if (busy_q && !active_q && advance) begin
        busy_q <= 1'b0;
      end
      if (advance) valid_q <= active_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      conv_q <= conv_i;
      bank_q <= bank_i;
      output_q <= output_i;
      part_q <= '0;
      group_q <= '0;
      pixel_q <= '0;
    end else if (advance && active_q) begin
      pixel_q <= last_pixel ? 3'd0 : pixel_q + 3'd1;
      if (last_pixel) begin
        group_q <= last_group ? '0 : group_q + 1'b1;
        if (last_group) part_q <= part_q + 4'd1;
      end
    end
    if (advance) begin
      sums_q <= candidates[SelectWidth'({pixel_q, bank_q, chunk})];
      result_q <= result;
      row_q <= conv_q.param_row + {6'd0, row_offset};
    end
  end

  assign req_o = valid_q;
  assign row_o = row_q;
  assign leaky_o = output_q.leaky;
  assign result_o = result_q;

  for (genvar i = 0; i < Lanes; i++) begin : g_sum
    assign sums_o[32*i +: 32] = 32'($signed(sums_q[W*i +: W]));
  end
endmodule
