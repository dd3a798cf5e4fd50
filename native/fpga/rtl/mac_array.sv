// The array: P pixel streams x 4 input channels x 32 output channels, weight-stationary. A step multiplies one set of
// weights (a tap's four input channels) by all pixel groups of a tile; the next set enters meanwhile.
//
//   x_i ──┬─ delay 0 ── slice ─┐ PCIN                     per stream: 16 chains (pairs of output channels)
//         ├─ delay 1 ── slice ─┤
//         ├─ delay 2 ── slice ─┤
//         └─ delay 3 ── slice ─┴─► + partial sum ─► sum RAM (bank a accumulates, bank b drains)
//
// A set is eight rows of 16 bytes; row n holds pairs 2n and 2n + 1: byte 8 * h + 2 * i is w0 of pair 2n + h and channel i,
// the next byte w1 - (w0 < 0).
module mac_array #(
  parameter int unsigned P = 3,
  parameter int unsigned Depth = 64
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic row_valid_i,
  input  logic [2:0] row_i,
  input  logic [127:0] row_data_i,

  input  logic valid_i,                   // a pixel group
  input  logic swap_i,                    // the loaded set is used from this group on
  input  logic clear_i,                   // sums start from zero
  input  logic bank_i,
  input  logic [$clog2(Depth)-1:0] group_i,
  input  logic [P*32-1:0] x_i,

  output logic busy_o,                    // sums are still being written
  input  logic [$clog2(Depth)-1:0] drain_group_i,         // of the bank that does not accumulate
  output logic [P*64*cortado_pkg::SumWidth-1:0] sums_o     // [stream][bank][eighth][channel], unregistered
);
  localparam int unsigned W = cortado_pkg::SumWidth;
  localparam int unsigned D = $clog2(Depth);

  // Channel i of everything is delayed by i cycles.
  logic [3:0] swap;
  logic [3:0] row_valid;
  logic [2:0] row [4];
  logic [31:0] row_column [4];            // channel i: pairs 2n and 2n + 1
  logic [P*32-1:0] x;

  for (genvar i = 0; i < 4; i++) begin : g_channel
    logic [P*8-1:0] x_column;
    logic [31:0] weights_column;
    for (genvar p = 0; p < P; p++) begin : g_x
      assign x_column[8*p +: 8] = x_i[32*p + 8*i +: 8];
    end
    assign weights_column = {row_data_i[64 + 16*i +: 16], row_data_i[16*i +: 16]};

    logic [P*8-1:0] x_delayed;
    delay_line #(.Width(1), .Cycles(i)) u_swap (.clk_i, .data_i(swap_i), .data_o(swap[i]));
    delay_line #(.Width(1), .Cycles(i)) u_row_valid (.clk_i, .data_i(row_valid_i), .data_o(row_valid[i]));
    delay_line #(.Width(3), .Cycles(i)) u_row (.clk_i, .data_i(row_i), .data_o(row[i]));
    delay_line #(.Width(32), .Cycles(i)) u_weights (.clk_i, .data_i(weights_column), .data_o(row_column[i]));
    delay_line #(.Width(P*8), .Cycles(i)) u_x (.clk_i, .data_i(x_column), .data_o(x_delayed));
    for (genvar p = 0; p < P; p++) begin : g_x_out
      assign x[32*p + 8*i +: 8] = x_delayed[8*p +: 8];
    end
  end

  // Sums: read after 5 cycles, write after 7.
  logic [7:0] valid_q, bank_q;
  logic [5:0] clear_q;
  logic [D-1:0] read_addr_early, read_addr, write_addr;
  logic [2*D-1:0] bank_addr;

  delay_line #(.Width(D), .Cycles(4)) u_read_addr (.clk_i, .data_i(group_i), .data_o(read_addr_early));
  delay_line #(.Width(D), .Cycles(2)) u_write_addr (.clk_i, .data_i(read_addr), .data_o(write_addr));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= '0;
      bank_q <= '0;
      read_addr <= '0;                    // the reset keeps it a flip-flop: shift registers are slow, and the RAMs' read is long
    end else begin
      read_addr <= read_addr_early;
      valid_q <= {valid_q[6:0], valid_i};
      bank_q <= {bank_q[6:0], bank_i};
    end
    clear_q <= {clear_q[4:0], clear_i};
  end
  assign busy_o = |valid_q;
  assign bank_addr = bank_q[4] ? {read_addr, drain_group_i} : {drain_group_i, read_addr};

  for (genvar p = 0; p < P; p++) begin : g_stream
    for (genvar j = 0; j < 16; j++) begin : g_pair
      logic [3:0] load;
      logic [63:0] weights;
      for (genvar i = 0; i < 4; i++) begin : g_load
        assign load[i] = row_valid[i] && row[i] == 3'(j / 2);
        assign weights[16*i +: 16] = row_column[i][16*(j % 2) +: 16];
      end
      logic [4*W-1:0] sums;
      mac_chain #(.Depth(Depth)) u_chain (
        .clk_i, .load_i(load), .swap_i(swap), .weights_i(weights), .x_i(x[32*p +: 32]),
        .read_addr_i(bank_addr), .read_bank_i(bank_q[4]), .clear_i(clear_q[4]), .write_i(valid_q[6]),
        .write_bank_i(bank_q[6]), .write_addr_i(write_addr), .sums_o(sums)
      );
      for (genvar b = 0; b < 2; b++) begin : g_sums
        assign sums_o[((p*2 + b)*32 + 2*j)*W +: 2*W] = sums[2*W*b +: 2*W];
      end
    end
  end

  logic unused;
  assign unused = ^{valid_q[7], bank_q[7], bank_q[5], clear_q[5]};
endmodule
