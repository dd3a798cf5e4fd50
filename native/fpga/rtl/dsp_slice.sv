// Two int8 multiply-adds in one DSP slice: P <= PCIN + A * B with A = (w1 << 17) + w0 and B = x.
//
// The upper weight is stored as w1 - (w0 < 0), so that sign extending w0 into it packs the pair without an adder. The low
// product occupies bits 16:0 and borrows from the high one where it is negative: the sums of up to four products are
// L = P[16:0] and H = P[34:17] + P[16], exact for weights in [-127, 127] and x in [-128, 127].
//
// Latency: x to p_o three cycles; a weight enters A1 with load_i and A2 with swap_i, in time for the x of the same cycle.
module dsp_slice (
  input  logic clk_i,
  input  logic load_i,
  input  logic swap_i,
  input  logic [15:0] weights_i,          // {w1 - (w0 < 0), w0}
  input  logic [7:0] x_i,
  input  logic [47:0] pcin_i,
  output logic [47:0] pcout_o,
  output logic [47:0] p_o
);
`ifdef CORTADO_DSP48E1
  DSP48E1 #(
    .AREG(2), .ACASCREG(2), .BREG(1), .BCASCREG(1), .ADREG(0), .DREG(0), .CREG(0), .MREG(1), .PREG(1),
    .ALUMODEREG(0), .CARRYINREG(0), .CARRYINSELREG(0), .INMODEREG(0), .OPMODEREG(0), .USE_DPORT("FALSE")
  ) u_dsp (
    .CLK(clk_i), .A({{5{weights_i[15]}}, weights_i[15:8], {9{weights_i[7]}}, weights_i[7:0]}),
    .B({{10{x_i[7]}}, x_i}), .C(48'd0), .D(25'd0), .PCIN(pcin_i), .P(p_o), .PCOUT(pcout_o),
    .OPMODE(7'b0010101), .ALUMODE(4'd0), .INMODE(5'd0), .CARRYIN(1'b0), .CARRYINSEL(3'd0),
    .CEA1(load_i), .CEA2(swap_i), .CEB1(1'b0), .CEB2(1'b1), .CEM(1'b1), .CEP(1'b1), .CEC(1'b0), .CED(1'b0), .CEAD(1'b0),
    .CEALUMODE(1'b0), .CECARRYIN(1'b0), .CECTRL(1'b0), .CEINMODE(1'b0),
    .RSTA(1'b0), .RSTB(1'b0), .RSTC(1'b0), .RSTD(1'b0), .RSTM(1'b0), .RSTP(1'b0), .RSTALUMODE(1'b0),
    .RSTALLCARRYIN(1'b0), .RSTCTRL(1'b0), .RSTINMODE(1'b0),
    .ACIN(30'd0), .BCIN(18'd0), .CARRYCASCIN(1'b0), .MULTSIGNIN(1'b0)
  );
`elsif CORTADO_DSP48E2
  DSP48E2 #(
    .AREG(2), .ACASCREG(2), .BREG(1), .BCASCREG(1), .ADREG(0), .DREG(0), .CREG(0), .MREG(1), .PREG(1),
    .ALUMODEREG(0), .CARRYINREG(0), .CARRYINSELREG(0), .INMODEREG(0), .OPMODEREG(0), .AMULTSEL("A"), .BMULTSEL("B")
  ) u_dsp (
    .CLK(clk_i), .A({{5{weights_i[15]}}, weights_i[15:8], {9{weights_i[7]}}, weights_i[7:0]}),
    .B({{10{x_i[7]}}, x_i}), .C(48'd0), .D(27'd0), .PCIN(pcin_i), .P(p_o), .PCOUT(pcout_o),
    .OPMODE(9'b000010101), .ALUMODE(4'd0), .INMODE(5'd0), .CARRYIN(1'b0), .CARRYINSEL(3'd0),
    .CEA1(load_i), .CEA2(swap_i), .CEB1(1'b0), .CEB2(1'b1), .CEM(1'b1), .CEP(1'b1), .CEC(1'b0), .CED(1'b0), .CEAD(1'b0),
    .CEALUMODE(1'b0), .CECARRYIN(1'b0), .CECTRL(1'b0), .CEINMODE(1'b0),
    .RSTA(1'b0), .RSTB(1'b0), .RSTC(1'b0), .RSTD(1'b0), .RSTM(1'b0), .RSTP(1'b0), .RSTALUMODE(1'b0),
    .RSTALLCARRYIN(1'b0), .RSTCTRL(1'b0), .RSTINMODE(1'b0),
    .ACIN(30'd0), .BCIN(18'd0), .CARRYCASCIN(1'b0), .MULTSIGNIN(1'b0)
  );
`else
  // The same, narrow: no sum of four products needs more than 35 bits.
  logic [15:0] a1_q, a2_q;
  logic signed [24:0] a;
  logic signed [7:0] b_q;
  logic signed [32:0] m_q;
  logic [34:0] p_q;

  assign a = $signed({a2_q[15:8], {9{a2_q[7]}}, a2_q[7:0]});
  always_ff @(posedge clk_i) begin
    if (load_i) a1_q <= weights_i;
    if (swap_i) a2_q <= a1_q;
    b_q <= $signed(x_i);
    m_q <= 33'(a) * 33'(b_q);
    p_q <= pcin_i[34:0] + 35'(m_q);
  end
  assign p_o = {13'd0, p_q};
  assign pcout_o = p_o;

  logic unused;
  assign unused = ^pcin_i[47:35];
`endif
endmodule
