#!/bin/sh
# Has yosys prove the assertions of packing_proof.sv for all values (SAT), and refute the one that is false.
set -eu
cd "$(dirname "$0")"

prove() {
  yosys -q -p "
    read_verilog -sv -formal ../rtl/cortado_pkg.sv ../rtl/dsp_slice.sv ../rtl/field_adder.sv packing_proof.sv
    prep -top $1 -flatten
    techmap -map transparent.v
    opt -full
    sat -prove-asserts -set-assumes $2"
}

for proof in product_range_proof cascade_proof fields_proof; do
  prove "$proof" -verify
  echo "$proof: proved"
done
prove five_products_are_too_many -falsify
echo "five_products_are_too_many: refuted, as it should be"
