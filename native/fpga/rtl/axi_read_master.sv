// Reads runs of 8-byte beats over AXI3: bursts of at most 16 beats that end at 128-byte boundaries (and so cross no 4 KB
// boundary), several of them outstanding. While `halt_i` no burst is started and what still comes is dropped.
module axi_read_master #(
  parameter int unsigned Outstanding = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic halt_i,
  output logic idle_o,
  output logic error_o,

  input  logic cmd_valid_i,
  output logic cmd_ready_o,
  input  logic [31:3] cmd_addr_i,
  input  logic [19:0] cmd_beats_i,        // at least 1

  input  logic allow_i,                   // a burst may start
  output logic reserve_o,                 // a burst starts
  output logic [4:0] reserve_beats_o,

  output logic data_valid_o,
  input  logic data_ready_i,
  output logic [63:0] data_o,

  output logic [31:0] araddr_o,
  output logic [3:0] arlen_o,
  output logic arvalid_o,
  input  logic arready_i,
  input  logic [63:0] rdata_i,
  input  logic [1:0] rresp_i,
  input  logic rlast_i,
  input  logic rvalid_i,
  output logic rready_o
);
  logic active_q, arvalid_q, issue;
  logic [31:3] addr_q, araddr_q;
  logic [19:0] beats_q;
  logic [3:0] arlen_q;
  logic [4:0] to_boundary, burst;
  logic [$clog2(Outstanding):0] outstanding_q;

  assign to_boundary = 5'd16 - {1'b0, addr_q[6:3]};
  assign burst = beats_q < 20'(to_boundary) ? beats_q[4:0] : to_boundary;
  assign issue = active_q && !halt_i && allow_i && (!arvalid_q || arready_i)
               && outstanding_q != ($clog2(Outstanding) + 1)'(Outstanding);
  assign cmd_ready_o = !active_q || (issue && beats_q == 20'(burst));
  assign reserve_o = issue;
  assign reserve_beats_o = burst;

  assign araddr_o = {araddr_q, 3'd0};
  assign arlen_o = arlen_q;
  assign arvalid_o = arvalid_q;
  assign data_valid_o = rvalid_i && !halt_i;
  assign data_o = rdata_i;
  assign rready_o = data_ready_i || halt_i;
  assign error_o = rvalid_i && rready_o && rresp_i[1];
  assign idle_o = !arvalid_q && outstanding_q == '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      arvalid_q <= 1'b0;
      outstanding_q <= '0;
    end else begin
      if (issue) begin
        arvalid_q <= 1'b1;
        if (beats_q == 20'(burst)) active_q <= 1'b0;
      end else if (arready_i) begin
        arvalid_q <= 1'b0;
      end
      if (cmd_valid_i && cmd_ready_o) active_q <= 1'b1;
      outstanding_q <= outstanding_q + ($clog2(Outstanding) + 1)'(issue)
                     - ($clog2(Outstanding) + 1)'(rvalid_i && rready_o && rlast_i);
    end
    if (issue) begin
      araddr_q <= addr_q;
      arlen_q <= 4'(burst - 5'd1);
      addr_q <= addr_q + 29'(burst);
      beats_q <= beats_q - 20'(burst);
    end
    if (cmd_valid_i && cmd_ready_o) begin
      addr_q <= cmd_addr_i;
      beats_q <= cmd_beats_i;
    end
  end

  logic unused;
  assign unused = rresp_i[0];
endmodule
