// 1024 words of 16 channels (four block RAMs) and the arbitration of their two ports. Port A: array before vector unit.
// Port B: results before stores before loads.
module act_block (
  input  logic clk_i,
  input  logic conv_req_i,
  input  logic [9:0] conv_addr_i,
  input  logic vec_req_i,                 // never together with conv_req_i
  input  logic [9:0] vec_addr_i,
  output logic [127:0] a_data_o,

  input  logic result_req_i,
  input  logic [9:0] result_addr_i,
  input  logic result_half_i,
  input  logic [63:0] result_data_i,
  input  logic store_req_i,
  input  logic [9:0] store_addr_i,
  output logic store_gnt_o,
  input  logic load_req_i,
  input  logic [9:0] load_addr_i,
  input  logic load_narrow_i,             // the first four channels only
  input  logic [127:0] load_data_i,
  output logic load_gnt_o,
  output logic [127:0] b_data_o
);
  logic a_en, b_en;
  logic [9:0] a_addr, b_addr;
  logic [3:0] write;
  logic [127:0] data;

  assign a_en = conv_req_i || vec_req_i;
  assign a_addr = conv_req_i ? conv_addr_i : vec_addr_i;

  assign store_gnt_o = store_req_i && !result_req_i;
  assign load_gnt_o = load_req_i && !result_req_i && !store_req_i;
  assign b_en = result_req_i || store_req_i || load_req_i;
  assign b_addr = result_req_i ? result_addr_i : store_req_i ? store_addr_i : load_addr_i;
  assign data = result_req_i ? {result_data_i, result_data_i} : load_data_i;
  always_comb begin
    write = 4'b0000;
    if (result_req_i) write = result_half_i ? 4'b1100 : 4'b0011;
    else if (load_gnt_o) write = load_narrow_i ? 4'b0001 : 4'b1111;
  end

  for (genvar c = 0; c < 4; c++) begin : g_column
    act_column u_column (
      .clk_i, .a_en_i(a_en), .a_addr_i(a_addr), .a_data_o(a_data_o[32*c +: 32]),
      .b_en_i(b_en), .b_write_i(write[c]), .b_addr_i(b_addr), .b_data_i(data[32*c +: 32]), .b_data_o(b_data_o[32*c +: 32])
    );
  end
endmodule
