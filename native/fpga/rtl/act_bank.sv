// One bank of the activation buffer: Blocks x 1024 words of 16 channels. Data comes one cycle after a granted request.
// Words at and above Blocks * 1024 do not exist: reads give what was last read, writes vanish (the top level reports them).
module act_bank #(
  parameter int unsigned Blocks = 8
) (
  input  logic clk_i,
  input  logic conv_req_i,
  input  logic [cortado_pkg::AddrWidth-1:0] conv_addr_i,
  input  logic [1:0] conv_col_i,          // a cycle after the request
  output logic [31:0] conv_data_o,        // unregistered
  input  logic vec_req_i,
  input  logic vec_go_i,                  // all banks are free for the vector unit
  input  logic [cortado_pkg::AddrWidth-1:0] vec_addr_i,
  output logic vec_free_o,
  output logic [127:0] vec_data_o,

  input  logic result_req_i,
  input  logic [cortado_pkg::AddrWidth-1:0] result_addr_i,
  input  logic result_half_i,
  input  logic [63:0] result_data_i,
  input  logic store_req_i,
  input  logic [cortado_pkg::AddrWidth-1:0] store_addr_i,
  output logic store_gnt_o,
  output logic [127:0] store_data_o,
  input  logic load_req_i,
  input  logic [cortado_pkg::AddrWidth-1:0] load_addr_i,
  input  logic load_narrow_i,
  input  logic [127:0] load_data_i,
  output logic load_gnt_o
);
  localparam int unsigned A = cortado_pkg::AddrWidth;

  logic [127:0] a_data [Blocks];
  logic [127:0] b_data [Blocks];
  logic [Blocks-1:0] store_gnt, load_gnt;
  logic [2:0] conv_block_q, vec_block_q, store_block_q;

  assign vec_free_o = !(conv_req_i && conv_addr_i[A-1:10] == vec_addr_i[A-1:10]);
  assign store_gnt_o = |store_gnt || (store_req_i && {1'b0, store_addr_i[A-1:10]} >= 4'(Blocks));
  assign load_gnt_o = |load_gnt || (load_req_i && {1'b0, load_addr_i[A-1:10]} >= 4'(Blocks));

  for (genvar b = 0; b < Blocks; b++) begin : g_block
    act_block u_block (
      .clk_i,
      .conv_req_i(conv_req_i && conv_addr_i[A-1:10] == 3'(b)), .conv_addr_i(conv_addr_i[9:0]),
      .vec_req_i(vec_req_i && vec_go_i && vec_addr_i[A-1:10] == 3'(b)), .vec_addr_i(vec_addr_i[9:0]),
      .a_data_o(a_data[b]),
      .result_req_i(result_req_i && result_addr_i[A-1:10] == 3'(b)), .result_addr_i(result_addr_i[9:0]), .result_half_i,
      .result_data_i,
      .store_req_i(store_req_i && store_addr_i[A-1:10] == 3'(b)), .store_addr_i(store_addr_i[9:0]),
      .store_gnt_o(store_gnt[b]),
      .load_req_i(load_req_i && load_addr_i[A-1:10] == 3'(b)), .load_addr_i(load_addr_i[9:0]), .load_narrow_i, .load_data_i,
      .load_gnt_o(load_gnt[b]), .b_data_o(b_data[b])
    );
  end

  always_ff @(posedge clk_i) begin
    conv_block_q <= conv_addr_i[A-1:10];
    vec_block_q <= vec_addr_i[A-1:10];
    store_block_q <= store_addr_i[A-1:10];
  end

  always_comb begin
    conv_data_o = '0;
    vec_data_o = '0;
    store_data_o = '0;
    for (int unsigned b = 0; b < Blocks; b++) begin
      if (conv_block_q == 3'(b)) conv_data_o = a_data[b][32*conv_col_i +: 32];
      if (vec_block_q == 3'(b)) vec_data_o = a_data[b];
      if (store_block_q == 3'(b)) store_data_o = b_data[b];
    end
  end
endmodule
