// AXI4-Lite to a register bus: one access at a time, data for reads in the same cycle as the address.
module axil_slave (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic [11:0] awaddr_i,
  input  logic awvalid_i,
  output logic awready_o,
  input  logic [31:0] wdata_i,
  input  logic [3:0] wstrb_i,
  input  logic wvalid_i,
  output logic wready_o,
  output logic [1:0] bresp_o,
  output logic bvalid_o,
  input  logic bready_i,
  input  logic [11:0] araddr_i,
  input  logic arvalid_i,
  output logic arready_o,
  output logic [31:0] rdata_o,
  output logic [1:0] rresp_o,
  output logic rvalid_o,
  input  logic rready_i,

  output logic write_o,
  output logic [9:0] write_index_o,       // 32-bit registers
  output logic [31:0] write_data_o,
  output logic [9:0] read_index_o,
  input  logic [31:0] read_data_i
);
  logic bvalid_q, rvalid_q, accept_write, accept_read;

  // A write is accepted when address and data are both there. Partial writes are not: they change nothing.
  assign accept_write = awvalid_i && wvalid_i && (!bvalid_q || bready_i);
  assign accept_read = arvalid_i && (!rvalid_q || rready_i);
  assign awready_o = accept_write;
  assign wready_o = accept_write;
  assign arready_o = accept_read;
  assign bresp_o = 2'b00;
  assign rresp_o = 2'b00;
  assign bvalid_o = bvalid_q;
  assign rvalid_o = rvalid_q;

  assign write_o = accept_write && wstrb_i == 4'hf;
  assign write_index_o = awaddr_i[11:2];
  assign write_data_o = wdata_i;
  assign read_index_o = araddr_i[11:2];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      bvalid_q <= 1'b0;
      rvalid_q <= 1'b0;
    end else begin
      if (accept_write) bvalid_q <= 1'b1;
      else if (bready_i) bvalid_q <= 1'b0;
      if (accept_read) rvalid_q <= 1'b1;
      else if (rready_i) rvalid_q <= 1'b0;
    end
    if (accept_read) rdata_o <= read_data_i;
  end

  logic unused;
  assign unused = ^{awaddr_i[1:0], araddr_i[1:0]};
endmodule
