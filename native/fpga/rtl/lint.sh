#!/bin/sh
# Verilator's lint over the whole accelerator in every configuration, all warnings on.
set -eu
cd "$(dirname "$0")"
for parameters in "-GP=1 -GDepth=32" "-GP=3" "-GP=5" "-GP=7" "-GP=1 -GBlocks=3 -GWeightRows=1024"; do
  verilator --lint-only -Wall --top-module cortado_accelerator $parameters -f files.f
done
# As Vivado's block designs take it.
verilator --lint-only -Wall --top-module cortado_block -f files.f ../vivado/cortado_block.v
