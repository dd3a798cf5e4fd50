// Drives a chain of four dsp_slice at random and prints the fields it uses. Run once with the behavioural model and once
// with a vendor primitive and its simulation model, the outputs must be the same (dsp_primitive_test.sh).
module dsp_slice_tb;
  logic clk = 1'b0;
  logic load, swap;
  logic [15:0] weights;
  logic [7:0] x;
  logic [47:0] cascade [5];
  logic [47:0] p [4];
  integer seed;
  integer low, high;

  assign cascade[0] = 48'd0;
  for (genvar i = 0; i < 4; i++) begin : g_slice
    dsp_slice u_slice (
      .clk_i(clk), .load_i(load), .swap_i(swap), .weights_i(weights), .x_i(x), .pcin_i(cascade[i]),
      .pcout_o(cascade[i+1]), .p_o(p[i])
    );
  end

  initial begin
    seed = 1;
    for (integer n = 0; n < 20000; n++) begin
      load = n < 8 || $random(seed) % 3 == 0;
      swap = n < 8 || $random(seed) % 3 == 0;
      low = $random(seed) % 128;
      high = $random(seed) % 128;
      x = $random(seed);
      if ($random(seed) % 4 == 0) low = -127;
      if ($random(seed) % 4 == 0) high = 127;
      if ($random(seed) % 4 == 0) x = 8'h80;
      high = high - (low < 0 ? 1 : 0);
      weights = {high[7:0], low[7:0]};
      #5 clk = 1'b1;
      #5 clk = 1'b0;
      if (n > 20) $display("%h %h", p[0][34:0], p[3][34:0]);
    end
  end
endmodule
