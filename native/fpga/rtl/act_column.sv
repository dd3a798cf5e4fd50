// 2048 words of four channels: two block RAMs with a read port and a read-or-write port.
module act_column (
  input  logic clk_i,
  input  logic a_en_i,
  input  logic [10:0] a_addr_i,
  output logic [31:0] a_data_o,
  input  logic b_en_i,
  input  logic b_write_i,
  input  logic [10:0] b_addr_i,
  input  logic [31:0] b_data_i,
  output logic [31:0] b_data_o
);
  (* ram_style = "block" *) logic [31:0] mem [2048];

  always_ff @(posedge clk_i) begin
    if (a_en_i) a_data_o <= mem[a_addr_i];
  end
  always_ff @(posedge clk_i) begin
    if (b_en_i) begin
      if (b_write_i) mem[b_addr_i] <= b_data_i;
      b_data_o <= mem[b_addr_i];
    end
  end
endmodule
