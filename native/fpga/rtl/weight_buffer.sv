// Queue of weight sets between memory and array. Two streams fill it, each half of every row (8 of 16 bytes); a set is
// eight rows. The next set is loaded into the array's first weight registers ahead of time; `swap_i` takes it into use and
// starts the one behind it. Sets are released as they are taken into use, or kept to be walked again.
//
// Rows reach the array RowDelay cycles after the swap that they follow, in step with its pixels.
module weight_buffer #(
  parameter int unsigned Rows = 2048,
  parameter int unsigned RowDelay = 4
) (
  input  logic clk_i,
  input  logic rst_ni,

  // From memory, per half. A burst is asked for only while `space_o`.
  input  logic [1:0] reserve_i,
  input  logic [9:0] reserve_beats_i,     // 5 bits a half
  output logic [1:0] space_o,             // room for a burst of 16
  input  logic [1:0] write_i,
  input  logic [127:0] data_i,

  // To the sequencer.
  output logic ready_o,                   // a set is loaded
  input  logic swap_i,                    // only when ready
  input  logic keep_i,                    // with swap_i: do not release
  input  logic rewind_i,                  // with swap_i: the set behind is the oldest that was kept

  // To the array.
  output logic row_valid_o,
  output logic [2:0] row_o,
  output logic [127:0] row_data_o
);
  localparam int unsigned R = $clog2(Rows);

  // Row counters, one bit more than an address.
  logic [R:0] base_q, read_q;
  logic [R:0] write_q [2];
  logic [R:0] reserved_q [2];
  logic [1:0] filled;

  logic loading_q, full_q, start, row_valid;
  logic [2:0] row_q, row;
  logic [R-1:0] address, address_late;
  logic row_valid_late;
  logic [2:0] row_late;

  assign start = !loading_q && (!full_q || swap_i) && !(swap_i && rewind_i) && &filled;
  assign row_valid = start || loading_q;
  assign row = start ? 3'd0 : row_q;
  assign address = read_q[R-1:0] + R'(row);
  assign ready_o = full_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      loading_q <= 1'b0;
      full_q <= 1'b0;
      row_q <= '0;
      base_q <= '0;
      read_q <= '0;
    end else begin
      if (swap_i) full_q <= 1'b0;
      if (row_valid) begin
        loading_q <= row != 3'd7;
        row_q <= row + 3'd1;
        if (row == 3'd7) begin
          full_q <= 1'b1;
          read_q <= read_q + (R + 1)'(8);
        end
      end
      if (swap_i && !keep_i) base_q <= base_q + (R + 1)'(8);
      if (swap_i && rewind_i) read_q <= base_q;
    end
  end

  delay_line #(.Width(R), .Cycles(RowDelay - 1)) u_address (.clk_i, .data_i(address), .data_o(address_late));
  delay_line #(.Width(1), .Cycles(RowDelay - 1)) u_valid (.clk_i, .data_i(row_valid), .data_o(row_valid_late));
  delay_line #(.Width(3), .Cycles(RowDelay)) u_row (.clk_i, .data_i(row), .data_o(row_late));
  delay_line #(.Width(1), .Cycles(1)) u_row_valid (.clk_i, .data_i(row_valid_late), .data_o(row_valid_o));
  assign row_o = row_late;

  for (genvar h = 0; h < 2; h++) begin : g_half
    logic [R:0] rows, reserved;

    assign rows = write_q[h] - read_q;
    assign filled[h] = rows >= (R + 1)'(8);
    assign reserved = reserved_q[h] - base_q;
    assign space_o[h] = reserved <= (R + 1)'(Rows - 16);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        write_q[h] <= '0;
        reserved_q[h] <= '0;
      end else begin
        if (write_i[h]) write_q[h] <= write_q[h] + (R + 1)'(1);
        if (reserve_i[h]) reserved_q[h] <= reserved_q[h] + (R + 1)'(reserve_beats_i[5*h +: 5]);
      end
    end

    weight_ram #(.Rows(Rows)) u_ram (
      .clk_i, .read_i(row_valid_late), .read_row_i(address_late), .data_o(row_data_o[64*h +: 64]),
      .write_i(write_i[h]), .write_row_i(write_q[h][R-1:0]), .data_i(data_i[64*h +: 64])
    );
  end
endmodule
