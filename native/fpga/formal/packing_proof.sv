// What the array's packing rests on, apart from a slice's products themselves, which a test multiplies out one by one
// (DspSlice.PacksTwoProductsForAllOperands). Registers are wires here. packing_proof.sh has yosys prove every assertion.

// A product of a weight and an activation lies within 16256, so four of them within 65024.
module product_range_proof (
  input logic signed [7:0] w_i,
  input logic signed [7:0] x_i
);
  logic signed [15:0] product;
  assign product = w_i * x_i;
  always_comb begin
    assume (w_i != -8'sd128);
    assert (product >= -16'sd16256 && product <= 16'sd16256);
  end
endmodule

// A slice adds its products to whatever comes in over PCIN.
module cascade_proof (
  input logic [15:0] weights_i,
  input logic [7:0] x_i,
  input logic [34:0] pcin_i
);
  logic [47:0] alone, alone_out, together, together_out;
  dsp_slice u_alone (
    .clk_i(1'b0), .load_i(1'b1), .swap_i(1'b1), .weights_i, .x_i, .pcin_i(48'd0), .pcout_o(alone_out), .p_o(alone)
  );
  dsp_slice u_together (
    .clk_i(1'b0), .load_i(1'b1), .swap_i(1'b1), .weights_i, .x_i, .pcin_i({13'd0, pcin_i}), .pcout_o(together_out),
    .p_o(together)
  );
  always_comb begin
    assert (together[34:0] == pcin_i + alone[34:0]);
    assert (together_out[34:0] == together[34:0]);
  end
endmodule

// Sums of four products, the high ones 17 bits up, come apart again, and are added to any partial sums.
module fields_proof (
  input logic signed [17:0] high_i,
  input logic signed [16:0] low_i,
  input logic [2*cortado_pkg::SumWidth-1:0] old_i
);
  localparam int unsigned W = cortado_pkg::SumWidth;
  logic [34:0] p;
  logic [2*W-1:0] sum;
  assign p = {high_i, 17'd0} + {{18{low_i[16]}}, low_i};
  field_adder u_adder (.p_i(p), .old_i, .sum_o(sum));
  always_comb begin
    assume (high_i >= -18'sd65024 && high_i <= 18'sd65024);
    assume (low_i >= -17'sd65024 && low_i <= 17'sd65024);
    assert (sum[2*W-1:W] == old_i[2*W-1:W] + {{(W-18){high_i[17]}}, high_i});
    assert (sum[W-1:0] == old_i[W-1:0] + {{(W-17){low_i[16]}}, low_i});
  end
endmodule

// Five products would not do: this assertion is false, and the script wants it refuted.
module five_products_are_too_many (
  input logic signed [17:0] high_i,
  input logic signed [17:0] low_i
);
  localparam int unsigned W = cortado_pkg::SumWidth;
  logic [2*W-1:0] sum;
  field_adder u_adder (.p_i({high_i, 17'd0} + {{17{low_i[17]}}, low_i}), .old_i('0), .sum_o(sum));
  always_comb begin
    assume (low_i >= -18'sd81280 && low_i <= 18'sd81280);
    assume (high_i >= -18'sd81280 && high_i <= 18'sd81280);
    assert (sum[W-1:0] == {{(W-18){low_i[17]}}, low_i});
  end
endmodule
