// Writes runs of 8-byte beats over AXI3: bursts of at most 16 beats that end at 128-byte boundaries. While `halt_i` no burst
// is started and those that were are completed without strobes.
module axi_write_master #(
  parameter int unsigned Outstanding = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic halt_i,
  output logic idle_o,                    // everything is written and acknowledged
  output logic quiet_o,                   // no burst is under way
  output logic error_o,

  input  logic cmd_valid_i,
  output logic cmd_ready_o,
  input  logic [31:3] cmd_addr_i,
  input  logic [19:0] cmd_beats_i,        // at least 1

  input  logic data_valid_i,
  output logic data_ready_o,
  input  logic [63:0] data_i,

  output logic [31:0] awaddr_o,
  output logic [3:0] awlen_o,
  output logic awvalid_o,
  input  logic awready_i,
  output logic [63:0] wdata_o,
  output logic [7:0] wstrb_o,
  output logic wlast_o,
  output logic wvalid_o,
  input  logic wready_i,
  input  logic [1:0] bresp_i,
  input  logic bvalid_i,
  output logic bready_o
);
  localparam int unsigned C = $clog2(Outstanding) + 1;

  logic active_q, awvalid_q, issue;
  logic [31:3] addr_q, awaddr_q;
  logic [19:0] beats_q;
  logic [3:0] awlen_q;
  logic [4:0] to_boundary, burst;
  logic [C-1:0] outstanding_q;

  assign to_boundary = 5'd16 - {1'b0, addr_q[6:3]};
  assign burst = beats_q < 20'(to_boundary) ? beats_q[4:0] : to_boundary;
  assign issue = active_q && !halt_i && (!awvalid_q || awready_i) && outstanding_q != C'(Outstanding);
  assign cmd_ready_o = !active_q || (issue && beats_q == 20'(burst));

  // Lengths of the bursts whose data is to come.
  logic length_valid, length_full, beat, last;
  logic [3:0] length, beat_q;
  logic [C-1:0] unused_count;

  sync_fifo #(.Width(4), .Depth(Outstanding)) u_lengths (
    .clk_i, .rst_ni, .push_i(issue), .data_i(4'(burst - 5'd1)), .full_o(length_full), .count_o(unused_count),
    .valid_o(length_valid), .data_o(length), .pop_i(beat && last)
  );

  assign last = beat_q == length;
  assign wvalid_o = length_valid && (data_valid_i || halt_i);
  assign beat = wvalid_o && wready_i;
  assign data_ready_o = length_valid && wready_i;
  assign wdata_o = data_i;
  assign wstrb_o = data_valid_i && !halt_i ? 8'hff : 8'h00;
  assign wlast_o = last;
  assign awaddr_o = {awaddr_q, 3'd0};
  assign awlen_o = awlen_q;
  assign awvalid_o = awvalid_q;
  assign bready_o = 1'b1;
  assign error_o = bvalid_i && bresp_i[1];
  assign quiet_o = !awvalid_q && outstanding_q == '0;
  assign idle_o = !active_q && quiet_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      awvalid_q <= 1'b0;
      outstanding_q <= '0;
      beat_q <= '0;
    end else begin
      if (issue) begin
        awvalid_q <= 1'b1;
        if (beats_q == 20'(burst)) active_q <= 1'b0;
      end else if (awready_i) begin
        awvalid_q <= 1'b0;
      end
      if (cmd_valid_i && cmd_ready_o) active_q <= 1'b1;
      outstanding_q <= outstanding_q + C'(issue) - C'(bvalid_i);
      if (beat) beat_q <= last ? 4'd0 : beat_q + 4'd1;
    end
    if (issue) begin
      awaddr_q <= addr_q;
      awlen_q <= 4'(burst - 5'd1);
      addr_q <= addr_q + 29'(burst);
      beats_q <= beats_q - 20'(burst);
    end
    if (cmd_valid_i && cmd_ready_o) begin
      addr_q <= cmd_addr_i;
      beats_q <= cmd_beats_i;
    end
  end

  logic unused;
  assign unused = ^{bresp_i[0], length_full, unused_count};
endmodule
