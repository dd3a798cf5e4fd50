// Walks the taps of a window: groups of four channels of a word (fastest; the array only), kx, ky, planes of 16 channels.
module tap_walker #(
  parameter int unsigned P = 3
) (
  input  logic clk_i,
  input  logic load_i,
  /* verilator lint_off UNUSEDSIGNAL */
  input  cortado_pkg::window_t window_i,   // stable while it walks, as are the next two
  /* verilator lint_on UNUSEDSIGNAL */
  input  logic [7:0] planes_m1_i,
  input  logic [1:0] last_cols_m1_i,
  input  logic by_cols_i,                  // visit all four groups of a word (in the last plane last_cols_m1 + 1)
  input  cortado_pkg::pos_t pos_i,         // tap (0, 0) of plane 0 for the first pixel
  input  logic step_i,
  input  logic repeat_i,                   // at the plane's last tap: start again in the same plane
  output cortado_pkg::pos_t pos_o,
  output logic [1:0] col_o,
  output logic [9:0] x_offset_o,           // kx * dilation_x
  output logic [9:0] y_offset_o,
  output logic odd_o,                      // kx is odd
  output logic first_o,                    // first tap of the plane
  output logic last_o,                     // last tap of the plane
  output logic last_plane_o
);
  cortado_pkg::pos_t pos_q, row_q, plane_q, next_kx, next_ky;
  logic [5:0] kx_q, ky_q;
  logic [1:0] col_q;
  logic [7:0] plane_no_q;
  logic [9:0] x_offset_q, y_offset_q;
  logic last_col, last_kx, last_ky;
  cortado_pkg::pos_t next_plane;

  pos_add #(.P(P)) u_kx (.a_i(pos_q), .b_i(window_i.kx_step), .sum_o(next_kx));
  pos_add #(.P(P)) u_ky (.a_i(row_q), .b_i(window_i.ky_step), .sum_o(next_ky));
  assign next_plane.r = plane_q.r;
  assign next_plane.a = plane_q.a + (repeat_i ? '0 : window_i.plane_step);

  assign last_plane_o = plane_no_q == planes_m1_i;
  assign last_col = !by_cols_i || col_q == (last_plane_o ? last_cols_m1_i : 2'd3);
  assign last_kx = kx_q == window_i.kw_m1;
  assign last_ky = ky_q == window_i.kh_m1;
  assign last_o = last_col && last_kx && last_ky;
  assign first_o = col_q == 2'd0 && kx_q == 6'd0 && ky_q == 6'd0;
  assign pos_o = pos_q;
  assign col_o = col_q;
  assign x_offset_o = x_offset_q;
  assign y_offset_o = y_offset_q;
  assign odd_o = kx_q[0];

  always_ff @(posedge clk_i) begin
    if (load_i) begin
      pos_q <= pos_i;
      row_q <= pos_i;
      plane_q <= pos_i;
      kx_q <= '0;
      ky_q <= '0;
      col_q <= '0;
      plane_no_q <= '0;
      x_offset_q <= '0;
      y_offset_q <= '0;
    end else if (step_i) begin
      if (!last_col) begin
        col_q <= col_q + 2'd1;
      end else begin
        col_q <= '0;
        if (!last_kx) begin
          kx_q <= kx_q + 6'd1;
          x_offset_q <= x_offset_q + {6'd0, window_i.dilation_x};
          pos_q <= next_kx;
        end else begin
          kx_q <= '0;
          x_offset_q <= '0;
          if (!last_ky) begin
            ky_q <= ky_q + 6'd1;
            y_offset_q <= y_offset_q + {6'd0, window_i.dilation_y};
            pos_q <= next_ky;
            row_q <= next_ky;
          end else begin
            ky_q <= '0;
            y_offset_q <= '0;
            pos_q <= next_plane;
            row_q <= next_plane;
            plane_q <= next_plane;
            if (!repeat_i) plane_no_q <= plane_no_q + 8'd1;
          end
        end
      end
    end
  end
endmodule
