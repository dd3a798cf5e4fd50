// 8 x 9 bit signed product in look-up tables (radix-4 Booth), unregistered: the DSP slices all belong to the array.
module booth_multiplier (
  input  logic [7:0] a_i,
  input  logic [8:0] b_i,
  output logic [16:0] product_o
);
  logic [9:0] partial [4];
  logic [16:0] correction;                // completes the two's complements

  always_comb begin
    correction = '0;
    for (int unsigned i = 0; i < 4; i++) begin
      logic [2:0] digit;
      logic one, two;
      digit = i == 0 ? {a_i[1:0], 1'b0} : {a_i[2*i+1], a_i[2*i], a_i[2*((i == 0) ? 1 : i)-1]};
      one = digit[0] ^ digit[1];
      two = digit == 3'b011 || digit == 3'b100;
      partial[i] = two ? {b_i, 1'b0} : one ? {b_i[8], b_i} : 10'd0;
      if (digit[2]) partial[i] = ~partial[i];
      correction[2*i] = digit[2];
    end
  end

  assign product_o = 17'($signed(partial[0])) + {{5{partial[1][9]}}, partial[1], 2'd0}
                   + {{3{partial[2][9]}}, partial[2], 4'd0} + {partial[3][9], partial[3], 6'd0} + correction;
endmodule
