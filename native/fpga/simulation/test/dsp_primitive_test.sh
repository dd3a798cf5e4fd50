#!/bin/sh
# dsp_slice with the DSP48E1 primitive (yosys's simulation model of it) behaves as its behavioural model does.
# Usage: dsp_primitive_test.sh <folder of the RTL> <folder to work in>
set -eu
rtl=$1 work=$2
bench=$(cd "$(dirname "$0")" && pwd)/dsp_slice_tb.sv
cells=$(dirname "$(command -v yosys)")/../share/yosys/xilinx/cells_sim.v
iverilog -g2012 -s dsp_slice_tb -o "$work/dsp_behavioural.vvp" "$rtl/dsp_slice.sv" "$bench"
# Only the primitive's model: the library holds constructs that other simulators do not take.
awk '/^module DSP48E1 /{ on = 1 } on { print } on && /^endmodule/{ exit }' "$cells" > "$work/dsp48e1.v"
iverilog -g2012 -gno-specify -DCORTADO_DSP48E1 -s dsp_slice_tb -o "$work/dsp_primitive.vvp" "$work/dsp48e1.v" \
  "$rtl/dsp_slice.sv" "$bench"
vvp -n "$work/dsp_behavioural.vvp" > "$work/dsp_behavioural.txt"
vvp -n "$work/dsp_primitive.vvp" > "$work/dsp_primitive.txt"
test "$(wc -l < "$work/dsp_behavioural.txt")" -gt 10000
cmp "$work/dsp_behavioural.txt" "$work/dsp_primitive.txt"
echo "dsp_slice: primitive and behavioural model agree"
