// Four input channels x two output channels: a chain of four DSP slices over PCIN, and its partial sums in two banks, one
// of which accumulates while the other drains. Inputs of channel i come i cycles after those of channel 0.
module mac_chain #(
  parameter int unsigned Depth = 64
) (
  input  logic clk_i,
  input  logic [3:0] load_i,              // per channel
  input  logic [3:0] swap_i,
  input  logic [63:0] weights_i,          // 16 bits a channel
  input  logic [31:0] x_i,                // 8 bits a channel

  // Control for the accumulation, in time with channel 0 plus 5 (read) and 7 (write) cycles.
  input  logic [2*$clog2(Depth)-1:0] read_addr_i,   // per bank, of the one that accumulates or drains
  input  logic read_bank_i,               // the one that accumulates
  input  logic clear_i,
  input  logic write_i,
  input  logic write_bank_i,
  input  logic [$clog2(Depth)-1:0] write_addr_i,

  output logic [4*cortado_pkg::SumWidth-1:0] sums_o    // what both banks hold at their address, unregistered
);
  localparam int unsigned W = cortado_pkg::SumWidth;
  localparam int unsigned D = $clog2(Depth);

  logic [47:0] cascade [5];
  logic [47:0] p [4];

  assign cascade[0] = '0;
  for (genvar i = 0; i < 4; i++) begin : g_slice
    dsp_slice u_slice (
      .clk_i, .load_i(load_i[i]), .swap_i(swap_i[i]), .weights_i(weights_i[16*i +: 16]), .x_i(x_i[8*i +: 8]),
      .pcin_i(cascade[i]), .pcout_o(cascade[i+1]), .p_o(p[i])
    );
  end

  logic [2*W-1:0] old_q, sum_q, sum;

  for (genvar b = 0; b < 2; b++) begin : g_bank
    sum_ram #(.Depth(Depth)) u_ram (
      .clk_i, .write_i(write_i && write_bank_i == (b == 1)), .write_addr_i, .data_i(sum_q),
      .read_addr_i(read_addr_i[D*b +: D]), .data_o(sums_o[2*W*b +: 2*W])
    );
  end

  field_adder u_adder (.p_i(p[3][34:0]), .old_i(old_q), .sum_o(sum));

  always_ff @(posedge clk_i) begin
    if (clear_i) old_q <= '0;
    else old_q <= read_bank_i ? sums_o[4*W-1:2*W] : sums_o[2*W-1:0];
    sum_q <= sum;
  end

  logic unused;
  assign unused = ^{p[0], p[1], p[2], p[3][47:35], cascade[4]};
endmodule
