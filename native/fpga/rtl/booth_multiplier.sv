// Signed product of 8 and `Width` bits in look-up tables (radix-4 Booth), unregistered: the DSP slices have other work.
module booth_multiplier #(
  parameter int unsigned Width = 9
) (
  input  logic [7:0] a_i,
  input  logic [Width-1:0] b_i,
  output logic [Width+7:0] product_o
);
  logic [Width:0] partial [4];
  logic [3:0] negative;                   // its one completes the two's complement of a partial product
  logic [8:0] digits;

  assign digits = {a_i, 1'b0};
  always_comb begin
    for (int unsigned i = 0; i < 4; i++) begin
      logic [2:0] digit;
      digit = digits[2*i +: 3];
      negative[i] = digit[2];
      for (int unsigned j = 0; j <= Width; j++) begin
        logic once, twice;
        once = b_i[j == Width ? Width - 1 : j];
        twice = j == 0 ? 1'b0 : b_i[j == 0 ? 0 : j - 1];
        unique case (digit)
          3'b000: partial[i][j] = 1'b0;
          3'b001, 3'b010: partial[i][j] = once;
          3'b011: partial[i][j] = twice;
          3'b100: partial[i][j] = !twice;
          3'b101, 3'b110: partial[i][j] = !once;
          default: partial[i][j] = 1'b1;
        endcase
      end
    end
  end

  // The ones of partial products 0 to 2 stand in the free low bits of the next.
  logic [Width+3:0] low_sum, high_sum;
  logic [Width+5:0] upper;
  assign low_sum = {{3{partial[0][Width]}}, partial[0]} + {partial[1][Width], partial[1], 1'b0, negative[0]};
  assign high_sum = {{3{partial[2][Width]}}, partial[2]} + {partial[3][Width], partial[3], 1'b0, negative[2]};
  assign upper = {{4{low_sum[Width+3]}}, low_sum[Width+3:2]} + {high_sum, 1'b0, negative[1]};
  assign product_o = {upper + {{(Width+1){1'b0}}, negative[3], 4'd0}, low_sum[1:0]};
endmodule
