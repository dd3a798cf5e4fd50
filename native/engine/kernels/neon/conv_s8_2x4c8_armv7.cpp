// Convolution as a matrix product, 2 pixels by 4 output channels, 16 input channels a step by VMULL + VMLAL +
// VPADAL: the tile that fits the 16 registers of 32-bit NEON.
//
//                                      weights: 16 input channels of each output channel, one register at a
//                                      time
//                                     +-----+-----+-----+-----+
//   pixels, 16 channels each          | q2  | q2  | q3  | q3  |
//   | q0 |                            +-----+-----+-----+-----+
//   | q1 |                            | q8  | q9  | q10 | q11 |
//                                     | q12 | q13 | q14 | q15 |
//                                     +-----+-----+-----+-----+
//   int16 products in q4..q7; the four lanes of an accumulator are partial sums of one output
//
// For Armv7-A with NEON: Cortex-A7, A9, A15, A17.
#include "kernels/neon/gemm_mull_tile.h"

namespace cortado::neon {
namespace {

template <typename Output, int kRows>
void run(const GemmTile<Output>& tile) {
  run_mull_tile<kRows, 4, 2>(tile);
}

template <typename Output>
constexpr GemmRoutines<Output> routines(const char* name) {
  return {name, {run<Output, 1>, run<Output, 2>}};
}

}  // namespace

const GemmKernel kConvolution2x4c8Armv7 = {
    routines<std::int8_t>("conv_s8_2x4c8_armv7"), routines<float>("conv_s8_2x4c8_armv7_f32"), 2, 4, 16, 8};

}  // namespace cortado::neon
