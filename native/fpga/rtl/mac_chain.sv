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

  // Control for the accumulation, in time with channel 0 plus 5 (read), 6 (add) and 7 (write) cycles.
  input  logic [$clog2(Depth)-1:0] read_addr_i,
  input  logic read_bank_i,
  input  logic clear_i,
  input  logic add_bank_i,
  input  logic write_i,
  input  logic write_bank_i,
  input  logic [$clog2(Depth)-1:0] write_addr_i,

  // The bank that is not read for accumulation drains.
  input  logic drain_en_i,
  input  logic [$clog2(Depth)-1:0] drain_addr_i,
  output logic [2*cortado_pkg::SumWidth-1:0] drain_o
);
  localparam int unsigned W = cortado_pkg::SumWidth;

  logic [47:0] cascade [5];
  logic [47:0] p [4];

  assign cascade[0] = '0;
  for (genvar i = 0; i < 4; i++) begin : g_slice
    dsp_slice u_slice (
      .clk_i, .load_i(load_i[i]), .swap_i(swap_i[i]), .weights_i(weights_i[16*i +: 16]), .x_i(x_i[8*i +: 8]),
      .pcin_i(cascade[i]), .pcout_o(cascade[i+1]), .p_o(p[i])
    );
  end

  logic [2*W-1:0] ram_out [2];
  logic [2*W-1:0] old_q [2];
  logic [2*W-1:0] old, sum_q;

  for (genvar b = 0; b < 2; b++) begin : g_bank
    logic draining;
    assign draining = read_bank_i != (b == 1);
    sum_ram #(.Depth(Depth)) u_ram (
      .clk_i, .write_i(write_i && write_bank_i == (b == 1)), .write_addr_i, .data_i(sum_q),
      .read_addr_i(draining ? drain_addr_i : read_addr_i), .data_o(ram_out[b])
    );
    always_ff @(posedge clk_i) begin
      if (!draining || drain_en_i) old_q[b] <= clear_i && !draining ? '0 : ram_out[b];
    end
  end

  assign old = add_bank_i ? old_q[1] : old_q[0];
  assign drain_o = read_bank_i ? old_q[0] : old_q[1];

  always_ff @(posedge clk_i) begin
    sum_q[W-1:0] <= old[W-1:0] + W'($signed(p[3][16:0]));
    sum_q[2*W-1:W] <= old[2*W-1:W] + W'($signed(p[3][34:17])) + W'(p[3][16]);
  end

  logic unused;
  assign unused = ^{p[0], p[1], p[2], p[3][47:35], cascade[4]};
endmodule
