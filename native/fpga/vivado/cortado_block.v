// The accelerator as a block of Vivado's block designs: interfaces by their usual names, AXI3 with the signals that the
// processing system's ports have and the accelerator leaves at rest. In Verilog, since block designs take nothing else.
module cortado_block #(
  parameter integer P = 3,
  parameter integer Depth = 64,
  parameter integer Blocks = 4,
  parameter integer WeightRows = 2048,
  parameter [31:0] Fingerprint = 32'h00000000
) (
  (* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 aclk CLK" *)
  (* X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF s_axi_ctl:m_axi_hp0:m_axi_hp1:m_axi_hp2:m_axi_hp3, ASSOCIATED_RESET aresetn" *)
  input  wire aclk,
  (* X_INTERFACE_INFO = "xilinx.com:signal:reset:1.0 aresetn RST" *)
  (* X_INTERFACE_PARAMETER = "POLARITY ACTIVE_LOW" *)
  input  wire aresetn,

  (* X_INTERFACE_PARAMETER = "PROTOCOL AXI4LITE, DATA_WIDTH 32, ADDR_WIDTH 12" *)
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl AWADDR" *)
  input  wire [11:0] s_axi_ctl_awaddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl AWVALID" *)
  input  wire s_axi_ctl_awvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl AWREADY" *)
  output wire s_axi_ctl_awready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl WDATA" *)
  input  wire [31:0] s_axi_ctl_wdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl WSTRB" *)
  input  wire [3:0] s_axi_ctl_wstrb,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl WVALID" *)
  input  wire s_axi_ctl_wvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl WREADY" *)
  output wire s_axi_ctl_wready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl BRESP" *)
  output wire [1:0] s_axi_ctl_bresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl BVALID" *)
  output wire s_axi_ctl_bvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl BREADY" *)
  input  wire s_axi_ctl_bready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl ARADDR" *)
  input  wire [11:0] s_axi_ctl_araddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl ARVALID" *)
  input  wire s_axi_ctl_arvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl ARREADY" *)
  output wire s_axi_ctl_arready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl RDATA" *)
  output wire [31:0] s_axi_ctl_rdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl RRESP" *)
  output wire [1:0] s_axi_ctl_rresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl RVALID" *)
  output wire s_axi_ctl_rvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_ctl RREADY" *)
  input  wire s_axi_ctl_rready,

  (* X_INTERFACE_PARAMETER = "PROTOCOL AXI3, DATA_WIDTH 64, ADDR_WIDTH 32, ID_WIDTH 6, MAX_BURST_LENGTH 16, NUM_READ_OUTSTANDING 8, NUM_WRITE_OUTSTANDING 8, READ_WRITE_MODE READ_ONLY" *)
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARID" *)
  output wire [5:0] m_axi_hp0_arid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARADDR" *)
  output wire [31:0] m_axi_hp0_araddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARLEN" *)
  output wire [3:0] m_axi_hp0_arlen,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARSIZE" *)
  output wire [2:0] m_axi_hp0_arsize,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARBURST" *)
  output wire [1:0] m_axi_hp0_arburst,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARLOCK" *)
  output wire [1:0] m_axi_hp0_arlock,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARCACHE" *)
  output wire [3:0] m_axi_hp0_arcache,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARPROT" *)
  output wire [2:0] m_axi_hp0_arprot,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARQOS" *)
  output wire [3:0] m_axi_hp0_arqos,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARVALID" *)
  output wire m_axi_hp0_arvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 ARREADY" *)
  input  wire m_axi_hp0_arready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 RID" *)
  input  wire [5:0] m_axi_hp0_rid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 RDATA" *)
  input  wire [63:0] m_axi_hp0_rdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 RRESP" *)
  input  wire [1:0] m_axi_hp0_rresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 RLAST" *)
  input  wire m_axi_hp0_rlast,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 RVALID" *)
  input  wire m_axi_hp0_rvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp0 RREADY" *)
  output wire m_axi_hp0_rready,

  (* X_INTERFACE_PARAMETER = "PROTOCOL AXI3, DATA_WIDTH 64, ADDR_WIDTH 32, ID_WIDTH 6, MAX_BURST_LENGTH 16, NUM_READ_OUTSTANDING 8, NUM_WRITE_OUTSTANDING 8, READ_WRITE_MODE READ_ONLY" *)
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARID" *)
  output wire [5:0] m_axi_hp1_arid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARADDR" *)
  output wire [31:0] m_axi_hp1_araddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARLEN" *)
  output wire [3:0] m_axi_hp1_arlen,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARSIZE" *)
  output wire [2:0] m_axi_hp1_arsize,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARBURST" *)
  output wire [1:0] m_axi_hp1_arburst,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARLOCK" *)
  output wire [1:0] m_axi_hp1_arlock,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARCACHE" *)
  output wire [3:0] m_axi_hp1_arcache,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARPROT" *)
  output wire [2:0] m_axi_hp1_arprot,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARQOS" *)
  output wire [3:0] m_axi_hp1_arqos,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARVALID" *)
  output wire m_axi_hp1_arvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 ARREADY" *)
  input  wire m_axi_hp1_arready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 RID" *)
  input  wire [5:0] m_axi_hp1_rid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 RDATA" *)
  input  wire [63:0] m_axi_hp1_rdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 RRESP" *)
  input  wire [1:0] m_axi_hp1_rresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 RLAST" *)
  input  wire m_axi_hp1_rlast,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 RVALID" *)
  input  wire m_axi_hp1_rvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp1 RREADY" *)
  output wire m_axi_hp1_rready,

  (* X_INTERFACE_PARAMETER = "PROTOCOL AXI3, DATA_WIDTH 64, ADDR_WIDTH 32, ID_WIDTH 6, MAX_BURST_LENGTH 16, NUM_READ_OUTSTANDING 8, NUM_WRITE_OUTSTANDING 8, READ_WRITE_MODE READ_WRITE" *)
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARID" *)
  output wire [5:0] m_axi_hp2_arid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARADDR" *)
  output wire [31:0] m_axi_hp2_araddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARLEN" *)
  output wire [3:0] m_axi_hp2_arlen,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARSIZE" *)
  output wire [2:0] m_axi_hp2_arsize,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARBURST" *)
  output wire [1:0] m_axi_hp2_arburst,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARLOCK" *)
  output wire [1:0] m_axi_hp2_arlock,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARCACHE" *)
  output wire [3:0] m_axi_hp2_arcache,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARPROT" *)
  output wire [2:0] m_axi_hp2_arprot,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARQOS" *)
  output wire [3:0] m_axi_hp2_arqos,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARVALID" *)
  output wire m_axi_hp2_arvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 ARREADY" *)
  input  wire m_axi_hp2_arready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 RID" *)
  input  wire [5:0] m_axi_hp2_rid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 RDATA" *)
  input  wire [63:0] m_axi_hp2_rdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 RRESP" *)
  input  wire [1:0] m_axi_hp2_rresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 RLAST" *)
  input  wire m_axi_hp2_rlast,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 RVALID" *)
  input  wire m_axi_hp2_rvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 RREADY" *)
  output wire m_axi_hp2_rready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWID" *)
  output wire [5:0] m_axi_hp2_awid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWADDR" *)
  output wire [31:0] m_axi_hp2_awaddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWLEN" *)
  output wire [3:0] m_axi_hp2_awlen,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWSIZE" *)
  output wire [2:0] m_axi_hp2_awsize,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWBURST" *)
  output wire [1:0] m_axi_hp2_awburst,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWLOCK" *)
  output wire [1:0] m_axi_hp2_awlock,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWCACHE" *)
  output wire [3:0] m_axi_hp2_awcache,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWPROT" *)
  output wire [2:0] m_axi_hp2_awprot,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWQOS" *)
  output wire [3:0] m_axi_hp2_awqos,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWVALID" *)
  output wire m_axi_hp2_awvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 AWREADY" *)
  input  wire m_axi_hp2_awready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 WID" *)
  output wire [5:0] m_axi_hp2_wid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 WDATA" *)
  output wire [63:0] m_axi_hp2_wdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 WSTRB" *)
  output wire [7:0] m_axi_hp2_wstrb,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 WLAST" *)
  output wire m_axi_hp2_wlast,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 WVALID" *)
  output wire m_axi_hp2_wvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 WREADY" *)
  input  wire m_axi_hp2_wready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 BID" *)
  input  wire [5:0] m_axi_hp2_bid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 BRESP" *)
  input  wire [1:0] m_axi_hp2_bresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 BVALID" *)
  input  wire m_axi_hp2_bvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp2 BREADY" *)
  output wire m_axi_hp2_bready,

  (* X_INTERFACE_PARAMETER = "PROTOCOL AXI3, DATA_WIDTH 64, ADDR_WIDTH 32, ID_WIDTH 6, MAX_BURST_LENGTH 16, NUM_READ_OUTSTANDING 8, NUM_WRITE_OUTSTANDING 8, READ_WRITE_MODE READ_ONLY" *)
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARID" *)
  output wire [5:0] m_axi_hp3_arid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARADDR" *)
  output wire [31:0] m_axi_hp3_araddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARLEN" *)
  output wire [3:0] m_axi_hp3_arlen,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARSIZE" *)
  output wire [2:0] m_axi_hp3_arsize,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARBURST" *)
  output wire [1:0] m_axi_hp3_arburst,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARLOCK" *)
  output wire [1:0] m_axi_hp3_arlock,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARCACHE" *)
  output wire [3:0] m_axi_hp3_arcache,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARPROT" *)
  output wire [2:0] m_axi_hp3_arprot,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARQOS" *)
  output wire [3:0] m_axi_hp3_arqos,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARVALID" *)
  output wire m_axi_hp3_arvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 ARREADY" *)
  input  wire m_axi_hp3_arready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 RID" *)
  input  wire [5:0] m_axi_hp3_rid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 RDATA" *)
  input  wire [63:0] m_axi_hp3_rdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 RRESP" *)
  input  wire [1:0] m_axi_hp3_rresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 RLAST" *)
  input  wire m_axi_hp3_rlast,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 RVALID" *)
  input  wire m_axi_hp3_rvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_hp3 RREADY" *)
  output wire m_axi_hp3_rready,

  (* X_INTERFACE_INFO = "xilinx.com:signal:interrupt:1.0 irq INTERRUPT" *)
  (* X_INTERFACE_PARAMETER = "SENSITIVITY LEVEL_HIGH" *)
  output wire irq
);
  cortado_accelerator #(
    .P(P), .Depth(Depth), .Blocks(Blocks), .WeightRows(WeightRows), .Fingerprint(Fingerprint)
  ) u_accelerator (
    .clk_i(aclk), .rst_ni(aresetn),
    .ctl_awaddr_i(s_axi_ctl_awaddr),
    .ctl_awvalid_i(s_axi_ctl_awvalid),
    .ctl_awready_o(s_axi_ctl_awready),
    .ctl_wdata_i(s_axi_ctl_wdata),
    .ctl_wstrb_i(s_axi_ctl_wstrb),
    .ctl_wvalid_i(s_axi_ctl_wvalid),
    .ctl_wready_o(s_axi_ctl_wready),
    .ctl_bresp_o(s_axi_ctl_bresp),
    .ctl_bvalid_o(s_axi_ctl_bvalid),
    .ctl_bready_i(s_axi_ctl_bready),
    .ctl_araddr_i(s_axi_ctl_araddr),
    .ctl_arvalid_i(s_axi_ctl_arvalid),
    .ctl_arready_o(s_axi_ctl_arready),
    .ctl_rdata_o(s_axi_ctl_rdata),
    .ctl_rresp_o(s_axi_ctl_rresp),
    .ctl_rvalid_o(s_axi_ctl_rvalid),
    .ctl_rready_i(s_axi_ctl_rready),
    .hp0_araddr_o(m_axi_hp0_araddr),
    .hp0_arlen_o(m_axi_hp0_arlen),
    .hp0_arsize_o(m_axi_hp0_arsize),
    .hp0_arburst_o(m_axi_hp0_arburst),
    .hp0_arcache_o(m_axi_hp0_arcache),
    .hp0_arprot_o(m_axi_hp0_arprot),
    .hp0_arvalid_o(m_axi_hp0_arvalid),
    .hp0_arready_i(m_axi_hp0_arready),
    .hp0_rdata_i(m_axi_hp0_rdata),
    .hp0_rresp_i(m_axi_hp0_rresp),
    .hp0_rlast_i(m_axi_hp0_rlast),
    .hp0_rvalid_i(m_axi_hp0_rvalid),
    .hp0_rready_o(m_axi_hp0_rready),
    .hp1_araddr_o(m_axi_hp1_araddr),
    .hp1_arlen_o(m_axi_hp1_arlen),
    .hp1_arsize_o(m_axi_hp1_arsize),
    .hp1_arburst_o(m_axi_hp1_arburst),
    .hp1_arcache_o(m_axi_hp1_arcache),
    .hp1_arprot_o(m_axi_hp1_arprot),
    .hp1_arvalid_o(m_axi_hp1_arvalid),
    .hp1_arready_i(m_axi_hp1_arready),
    .hp1_rdata_i(m_axi_hp1_rdata),
    .hp1_rresp_i(m_axi_hp1_rresp),
    .hp1_rlast_i(m_axi_hp1_rlast),
    .hp1_rvalid_i(m_axi_hp1_rvalid),
    .hp1_rready_o(m_axi_hp1_rready),
    .hp2_araddr_o(m_axi_hp2_araddr),
    .hp2_arlen_o(m_axi_hp2_arlen),
    .hp2_arsize_o(m_axi_hp2_arsize),
    .hp2_arburst_o(m_axi_hp2_arburst),
    .hp2_arcache_o(m_axi_hp2_arcache),
    .hp2_arprot_o(m_axi_hp2_arprot),
    .hp2_arvalid_o(m_axi_hp2_arvalid),
    .hp2_arready_i(m_axi_hp2_arready),
    .hp2_rdata_i(m_axi_hp2_rdata),
    .hp2_rresp_i(m_axi_hp2_rresp),
    .hp2_rlast_i(m_axi_hp2_rlast),
    .hp2_rvalid_i(m_axi_hp2_rvalid),
    .hp2_rready_o(m_axi_hp2_rready),
    .hp2_awaddr_o(m_axi_hp2_awaddr),
    .hp2_awlen_o(m_axi_hp2_awlen),
    .hp2_awsize_o(m_axi_hp2_awsize),
    .hp2_awburst_o(m_axi_hp2_awburst),
    .hp2_awcache_o(m_axi_hp2_awcache),
    .hp2_awprot_o(m_axi_hp2_awprot),
    .hp2_awvalid_o(m_axi_hp2_awvalid),
    .hp2_awready_i(m_axi_hp2_awready),
    .hp2_wdata_o(m_axi_hp2_wdata),
    .hp2_wstrb_o(m_axi_hp2_wstrb),
    .hp2_wlast_o(m_axi_hp2_wlast),
    .hp2_wvalid_o(m_axi_hp2_wvalid),
    .hp2_wready_i(m_axi_hp2_wready),
    .hp2_bresp_i(m_axi_hp2_bresp),
    .hp2_bvalid_i(m_axi_hp2_bvalid),
    .hp2_bready_o(m_axi_hp2_bready),
    .hp3_araddr_o(m_axi_hp3_araddr),
    .hp3_arlen_o(m_axi_hp3_arlen),
    .hp3_arsize_o(m_axi_hp3_arsize),
    .hp3_arburst_o(m_axi_hp3_arburst),
    .hp3_arcache_o(m_axi_hp3_arcache),
    .hp3_arprot_o(m_axi_hp3_arprot),
    .hp3_arvalid_o(m_axi_hp3_arvalid),
    .hp3_arready_i(m_axi_hp3_arready),
    .hp3_rdata_i(m_axi_hp3_rdata),
    .hp3_rresp_i(m_axi_hp3_rresp),
    .hp3_rlast_i(m_axi_hp3_rlast),
    .hp3_rvalid_i(m_axi_hp3_rvalid),
    .hp3_rready_o(m_axi_hp3_rready),
    .irq_o(irq)
  );

  // All transfers have one identifier: they answer in order.
  assign m_axi_hp0_arid = 6'd0;
  assign m_axi_hp0_arlock = 2'd0;
  assign m_axi_hp0_arqos = 4'd0;
  assign m_axi_hp1_arid = 6'd0;
  assign m_axi_hp1_arlock = 2'd0;
  assign m_axi_hp1_arqos = 4'd0;
  assign m_axi_hp2_arid = 6'd0;
  assign m_axi_hp2_arlock = 2'd0;
  assign m_axi_hp2_arqos = 4'd0;
  assign m_axi_hp3_arid = 6'd0;
  assign m_axi_hp3_arlock = 2'd0;
  assign m_axi_hp3_arqos = 4'd0;
  assign m_axi_hp2_awid = 6'd0;
  assign m_axi_hp2_awlock = 2'd0;
  assign m_axi_hp2_awqos = 4'd0;
  assign m_axi_hp2_wid = 6'd0;

  wire unused;
  assign unused = ^{m_axi_hp0_rid, m_axi_hp1_rid, m_axi_hp2_rid, m_axi_hp3_rid, m_axi_hp2_bid};
endmodule
