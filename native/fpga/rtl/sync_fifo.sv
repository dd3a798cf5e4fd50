// First in, first out, in distributed RAM; the oldest word is on data_o while valid_o.
module sync_fifo #(
  parameter int unsigned Width = 64,
  parameter int unsigned Depth = 16        // a power of two
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic push_i,                    // not while full_o
  input  logic [Width-1:0] data_i,
  output logic full_o,
  output logic [$clog2(Depth):0] count_o,
  output logic valid_o,
  output logic [Width-1:0] data_o,
  input  logic pop_i                      // only while valid_o
);
  localparam int unsigned D = $clog2(Depth);

  (* ram_style = "distributed" *) logic [Width-1:0] mem [Depth];
  logic [D:0] write_q, read_q;

  assign count_o = write_q - read_q;
  assign valid_o = write_q != read_q;
  assign full_o = count_o == (D + 1)'(Depth);
  assign data_o = mem[read_q[D-1:0]];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q <= '0;
    end else begin
      if (push_i) write_q <= write_q + 1'b1;
      if (pop_i) read_q <= read_q + 1'b1;
    end
    if (push_i) mem[write_q[D-1:0]] <= data_i;
  end
endmodule
