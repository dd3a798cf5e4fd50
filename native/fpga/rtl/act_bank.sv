// One bank of the activation buffer: Blocks x 2048 words of 16 channels, eight block RAMs a block. Data comes one cycle
// after a granted request. Port A reads: the array before the vector unit, which waits only where both want the same block.
// Port B: results before stores before loads. Words at and above Blocks * 2048 do not exist: the top level reports them.
module act_bank #(
  parameter int unsigned Blocks = 4
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
  input  logic [3:0] result_mask_i,
  input  logic [127:0] result_data_i,
  input  logic store_req_i,
  input  logic [cortado_pkg::AddrWidth-1:0] store_addr_i,
  output logic store_gnt_o,
  output logic [127:0] store_data_o,
  input  logic load_req_i,
  input  logic [cortado_pkg::AddrWidth-1:0] load_addr_i,
  input  logic load_narrow_i,             // the first four channels only
  input  logic [127:0] load_data_i,
  output logic load_gnt_o
);
  localparam int unsigned A = cortado_pkg::AddrWidth;

  logic [4*128-1:0] a_data, b_data;
  logic [1:0] conv_block, vec_block, conv_block_q, vec_block_q, b_block_q;
  logic [A-1:0] b_addr;
  logic [127:0] b_write_data;
  logic [3:0] b_write;
  logic b_en;

  // Port A
  assign conv_block = conv_addr_i[A-1:11];
  assign vec_block = vec_addr_i[A-1:11];
  assign vec_free_o = !(conv_req_i && conv_block == vec_block);

  // Port B
  assign store_gnt_o = store_req_i && !result_req_i;
  assign load_gnt_o = load_req_i && !result_req_i && !store_req_i;
  assign b_en = result_req_i || store_req_i || load_req_i;
  assign b_addr = result_req_i ? result_addr_i : store_req_i ? store_addr_i : load_addr_i;
  assign b_write_data = result_req_i ? result_data_i : load_data_i;
  always_comb begin
    b_write = 4'b0000;
    if (result_req_i) b_write = result_mask_i;
    else if (load_gnt_o) b_write = load_narrow_i ? 4'b0001 : 4'b1111;
  end

  for (genvar b = 0; b < 4; b++) begin : g_block
    if (b < Blocks) begin : g_ram
      logic conv_here, a_en, b_here;
      logic [10:0] a_addr;
      assign conv_here = conv_req_i && conv_block == 2'(b);
      assign a_en = conv_here || (vec_req_i && vec_go_i && vec_block == 2'(b));
      assign a_addr = conv_here ? conv_addr_i[10:0] : vec_addr_i[10:0];
      assign b_here = b_en && b_addr[A-1:11] == 2'(b);
      for (genvar c = 0; c < 4; c++) begin : g_column
        act_column u_column (
          .clk_i, .a_en_i(a_en), .a_addr_i(a_addr), .a_data_o(a_data[128*b + 32*c +: 32]),
          .b_en_i(b_here), .b_write_i(b_write[c]), .b_addr_i(b_addr[10:0]), .b_data_i(b_write_data[32*c +: 32]),
          .b_data_o(b_data[128*b + 32*c +: 32])
        );
      end
    end else begin : g_none
      assign a_data[128*b +: 128] = '0;
      assign b_data[128*b +: 128] = '0;
    end
  end

  always_ff @(posedge clk_i) begin
    conv_block_q <= conv_block;
    vec_block_q <= vec_block;
    b_block_q <= b_addr[A-1:11];
  end

  assign conv_data_o = a_data[32*{conv_block_q, conv_col_i} +: 32];
  assign vec_data_o = a_data[128*vec_block_q +: 128];
  assign store_data_o = b_data[128*b_block_q +: 128];
endmodule
