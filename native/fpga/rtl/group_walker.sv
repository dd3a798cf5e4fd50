// Walks groups of P consecutive output pixels, over row ends, and gives for each of the P streams where its window starts:
// bank, word offset and input coordinates. `load_i` takes the fields; the first group is there three cycles later.
module group_walker #(
  parameter int unsigned P = 3
) (
  input  logic clk_i,
  input  logic load_i,
  input  logic step_i,                      // to the next group
  input  logic restart_i,                   // with step_i: back to the first group
  /* verilator lint_off UNUSEDSIGNAL */
  input  cortado_pkg::window_t window_i,    // stable while it walks
  /* verilator lint_on UNUSEDSIGNAL */
  input  logic [9:0] out_width_i,
  input  logic [9:0] x0_i,
  input  logic signed [11:0] y0_i,
  output logic [P*cortado_pkg::RotWidth-1:0] rotation_o,  // (p * stride_x) mod P
  output logic [P*cortado_pkg::AddrWidth-1:0] offset_o,   // words from the position of stream 0 in the first group
  output logic [P*14-1:0] x_o,              // signed input column of tap 0
  output logic [P*14-1:0] y_o
);
  localparam int unsigned A = cortado_pkg::AddrWidth;

  logic load_q, load_qq;
  logic [13:0] x_first_q, row_span_q, row_back_q;
  logic [13:0] x_step_q;
  logic [A-1:0] offset_wrap_q;
  logic [10:0] x0_plus [P];

  // Times stride_x, in look-up tables: the DSP slices all belong to the array.
  function automatic logic [13:0] by_stride(input logic [9:0] value);
    by_stride = (window_i.stride_x[0] ? 14'(value) : 14'd0) + (window_i.stride_x[1] ? {3'd0, value, 1'b0} : 14'd0)
              + (window_i.stride_x[2] ? {2'd0, value, 2'b00} : 14'd0);
  endfunction

  // Stage 1: products; stage 2: values of the first group.
  always_ff @(posedge clk_i) begin
    load_q <= load_i;
    load_qq <= load_q;
    x_first_q <= by_stride(x0_i) - 14'(window_i.pad_x);
    row_span_q <= by_stride(out_width_i);
    x_step_q <= by_stride(10'(P));
    row_back_q <= x_step_q - row_span_q;
    offset_wrap_q <= A'(window_i.stride_x) + window_i.row_jump;
  end

  for (genvar p = 0; p < P; p++) begin : g_stream
    // p * stride_x in mixed radix
    logic [5:0] flat;
    logic [5:0] flat_a, flat_r;
    logic [A-1:0] offset_q, offset_first_q;
    logic [cortado_pkg::RotWidth-1:0] rotation_q;
    logic [13:0] x_q, x_start_q, y_q, y_start_q;
    logic [10:0] column_q, column_first_q, column_next;
    logic first_wraps, wraps;

    assign flat = 6'(by_stride(10'(p)));
    always_comb begin
      flat_a = 6'd0;
      flat_r = flat;
      for (int unsigned i = 0; i < 7; i++) begin
        if (flat_r >= 6'(P)) begin
          flat_r = flat_r - 6'(P);
          flat_a = flat_a + 6'd1;
        end
      end
    end

    assign x0_plus[p] = {1'b0, x0_i} + 11'(p);
    assign first_wraps = x0_plus[p] >= {1'b0, out_width_i};
    assign column_next = column_q + 11'(P);
    assign wraps = column_next >= {1'b0, out_width_i};

    always_ff @(posedge clk_i) begin
      rotation_q <= cortado_pkg::RotWidth'(flat_r);
      offset_first_q <= A'(flat_a) + (first_wraps ? window_i.row_jump : '0);
      column_first_q <= first_wraps ? x0_plus[p] - {1'b0, out_width_i} : x0_plus[p];
      x_start_q <= x_first_q + 14'(flat) - (first_wraps ? row_span_q : '0);
      y_start_q <= 14'(y0_i) + (first_wraps ? 14'(window_i.stride_y) : '0);
      if (load_qq || (step_i && restart_i)) begin
        offset_q <= offset_first_q;
        column_q <= column_first_q;
        x_q <= x_start_q;
        y_q <= y_start_q;
      end else if (step_i) begin
        offset_q <= offset_q + (wraps ? offset_wrap_q : A'(window_i.stride_x));
        column_q <= wraps ? column_next - {1'b0, out_width_i} : column_next;
        x_q <= x_q + (wraps ? row_back_q : x_step_q);
        y_q <= y_q + (wraps ? 14'(window_i.stride_y) : '0);
      end
    end

    assign rotation_o[p*cortado_pkg::RotWidth +: cortado_pkg::RotWidth] = rotation_q;
    assign offset_o[p*A +: A] = offset_q;
    assign x_o[p*14 +: 14] = x_q;
    assign y_o[p*14 +: 14] = y_q;
  end
endmodule
