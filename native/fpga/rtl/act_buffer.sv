// The activation buffer: P banks of 16-channel words. Pixel streams of the array and of the vector unit read P different
// banks at once; results, stores and loads use the other port, a bank each.
//
// Window reads: data three cycles after the (granted) request; where the pixel is not valid, the level of the padding in
// every byte.
// Stores: data two cycles after the grant.
module act_buffer #(
  parameter int unsigned P = 3,
  parameter int unsigned Blocks = 4
) (
  input  logic clk_i,

  input  logic conv_req_i,
  input  logic [P*cortado_pkg::RotWidth-1:0] conv_bank_i,
  input  logic [P*cortado_pkg::AddrWidth-1:0] conv_addr_i,
  input  logic [P-1:0] conv_valid_i,
  input  logic [1:0] conv_col_i,
  input  logic [7:0] conv_pad_i,          // level of the padding, constant from an instruction's first pixel to its last data
  output logic [P*32-1:0] conv_data_o,

  input  logic vec_req_i,
  output logic vec_gnt_o,
  input  logic [P*cortado_pkg::RotWidth-1:0] vec_bank_i,
  input  logic [P*cortado_pkg::AddrWidth-1:0] vec_addr_i,
  input  logic [P-1:0] vec_valid_i,
  input  logic [7:0] vec_pad_i,           // as conv_pad_i
  output logic [P*128-1:0] vec_data_o,

  input  logic result_req_i,
  input  cortado_pkg::pos_t result_pos_i,
  input  logic [3:0] result_mask_i,       // per four channels
  input  logic [127:0] result_data_i,
  input  logic store_req_i,
  input  cortado_pkg::pos_t store_pos_i,
  output logic store_gnt_o,
  output logic [127:0] store_data_o,
  input  logic load_req_i,
  input  cortado_pkg::pos_t load_pos_i,
  input  logic load_narrow_i,
  input  logic [127:0] load_data_i,
  output logic load_gnt_o
);
  localparam int unsigned A = cortado_pkg::AddrWidth;
  localparam int unsigned R = cortado_pkg::RotWidth;
  localparam int unsigned S = $clog2(P + 1);

  logic [1:0] conv_col_q;
  // Which bank's word a stream gets; P stands for the padding: at P = 3 the choice of four is one look-up table a bit.
  logic [P*S-1:0] conv_source_q, conv_source_qq, vec_source_q, vec_source_qq;
  logic [P-1:0] vec_free, store_gnt, load_gnt;
  logic [R-1:0] store_bank_q;
  logic [31:0] conv_word [P];
  logic [31:0] conv_word_q [P];
  logic [127:0] vec_word [P];
  logic [127:0] vec_word_q [P];
  logic [127:0] store_word [P];

  assign vec_gnt_o = vec_req_i && &vec_free;
  assign store_gnt_o = |store_gnt;
  assign load_gnt_o = |load_gnt;

  for (genvar b = 0; b < P; b++) begin : g_bank
    logic [A-1:0] conv_addr, vec_addr;

    // The stream that reads this bank.
    always_comb begin
      conv_addr = '0;
      vec_addr = '0;
      for (int unsigned p = 0; p < P; p++) begin
        if (conv_bank_i[p*R +: R] == R'(b)) conv_addr = conv_addr_i[p*A +: A];
        if (vec_bank_i[p*R +: R] == R'(b)) vec_addr = vec_addr_i[p*A +: A];
      end
    end

    act_bank #(.Blocks(Blocks)) u_bank (
      .clk_i, .conv_req_i, .conv_addr_i(conv_addr), .conv_col_i(conv_col_q), .conv_data_o(conv_word[b]),
      .vec_req_i, .vec_go_i(vec_gnt_o), .vec_addr_i(vec_addr), .vec_free_o(vec_free[b]), .vec_data_o(vec_word[b]),
      .result_req_i(result_req_i && result_pos_i.r == R'(b)), .result_addr_i(result_pos_i.a), .result_mask_i,
      .result_data_i,
      .store_req_i(store_req_i && store_pos_i.r == R'(b)), .store_addr_i(store_pos_i.a), .store_gnt_o(store_gnt[b]),
      .store_data_o(store_word[b]),
      .load_req_i(load_req_i && load_pos_i.r == R'(b)), .load_addr_i(load_pos_i.a), .load_narrow_i, .load_data_i,
      .load_gnt_o(load_gnt[b])
    );
  end

  always_ff @(posedge clk_i) begin
    conv_col_q <= conv_col_i;
    conv_source_qq <= conv_source_q;
    vec_source_qq <= vec_source_q;
    store_bank_q <= store_pos_i.r;
    for (int unsigned b = 0; b < P; b++) begin
      conv_word_q[b] <= conv_word[b];
      vec_word_q[b] <= vec_word[b];
    end
    for (int unsigned p = 0; p < P; p++) begin
      conv_source_q[p*S +: S] <= conv_valid_i[p] ? S'(conv_bank_i[p*R +: R]) : S'(P);
      vec_source_q[p*S +: S] <= vec_valid_i[p] ? S'(vec_bank_i[p*R +: R]) : S'(P);
      conv_data_o[32*p +: 32] <= {4{conv_pad_i}};
      vec_data_o[128*p +: 128] <= {16{vec_pad_i}};
      for (int unsigned b = 0; b < P; b++) begin
        if (conv_source_qq[p*S +: S] == S'(b)) conv_data_o[32*p +: 32] <= conv_word_q[b];
        if (vec_source_qq[p*S +: S] == S'(b)) vec_data_o[128*p +: 128] <= vec_word_q[b];
      end
    end
    store_data_o <= '0;
    for (int unsigned b = 0; b < P; b++) begin
      if (store_bank_q == R'(b)) store_data_o <= store_word[b];
    end
  end
endmodule
