// Walks pixels of a plane in row order: one column further on each step, over the gap behind a row at its end, and with
// `next_plane_i` to the first pixel of the next plane.
module pixel_walker #(
  parameter int unsigned P = 3
) (
  input  logic clk_i,
  input  logic load_i,
  input  cortado_pkg::pos_t pos_i,       // first pixel
  input  logic [9:0] x_i,                // its column
  input  logic [9:0] width_i,            // these three are stable while it walks
  input  cortado_pkg::pos_t row_skip_i,
  input  logic [cortado_pkg::AddrWidth-1:0] plane_step_i,
  input  logic step_i,
  input  logic next_plane_i,             // with step_i
  output cortado_pkg::pos_t pos_o
);
  cortado_pkg::pos_t pos_q, start_q, stepped, one, after_row;
  logic [9:0] x_q, x_start_q;
  logic row_end;
  logic [cortado_pkg::AddrWidth-1:0] next_plane_a;

  assign one.a = cortado_pkg::AddrWidth'(P == 1);
  assign one.r = cortado_pkg::RotWidth'(P != 1);
  assign row_end = x_q + 10'd1 == width_i;
  assign next_plane_a = start_q.a + plane_step_i;
  assign pos_o = pos_q;

  pos_add #(.P(P)) u_step (.a_i(pos_q), .b_i(one), .sum_o(stepped));
  pos_add #(.P(P)) u_skip (.a_i(stepped), .b_i(row_skip_i), .sum_o(after_row));

  always_ff @(posedge clk_i) begin
    if (load_i) begin
      pos_q <= pos_i;
      start_q <= pos_i;
      x_q <= x_i;
      x_start_q <= x_i;
    end else if (step_i && next_plane_i) begin
      pos_q.r <= start_q.r;
      pos_q.a <= next_plane_a;
      start_q.a <= next_plane_a;
      x_q <= x_start_q;
    end else if (step_i) begin
      pos_q <= row_end ? after_row : stepped;
      x_q <= row_end ? 10'd0 : x_q + 10'd1;
    end
  end
endmodule
