// Fully connected: one image by 8 outputs, 16 inputs a step by SMULL + SMLAL2 + SADALP (VMULL + VMLAL +
// VPADAL on 32-bit).
//
//                weights: 16 inputs of each output, one stream of memory, read once
//               +-----+-----+-----+-----+-----+-----+-----+-----+
//   16 inputs   | w0  | w1  | w2  | w3  | w4  | w5  | w6  | w7  |
//   | x |       +-----+-----+-----+-----+-----+-----+-----+-----+
//               | acc | acc | acc | acc | acc | acc | acc | acc |     4 lanes: partial sums of one output
//               +-----+-----+-----+-----+-----+-----+-----+-----+
//
// 8 accumulators, 1 register of inputs and up to 7 for weights and products: fits 16 registers. For every
// core without SDOT.
#include "kernels/neon/gemm_mull_tile.h"

namespace cortado::neon {
namespace {

template <typename Output>
void run(const GemmTile<Output>& tile) {
  run_mull_tile<1, 8, 1>(tile);
}

template <typename Output>
constexpr GemmRoutines<Output> routines(const char* name) {
  return {name, {run<Output>}};
}

}  // namespace

const GemmKernel kFullyConnected1x8c8Mull = {
    routines<std::int8_t>("fc_s8_1x8c8_mull"), routines<float>("fc_s8_1x8c8_mull_f32"), 1, 8, 16, 8};

}  // namespace cortado::neon
