// Convolution as a matrix product, 4 pixels by 4 output channels, 16 input channels a step by SMULL + SMLAL2
// + SADALP.
//
//                                      weights: 16 input channels of each output channel
//                                     +--------+--------+--------+--------+
//   pixels, 16 channels each          | v4.16b | v5.16b | v6.16b | v7.16b |
//   | v0.16b |                        +--------+--------+--------+--------+
//   | v1.16b |                        | v16.4s | v17.4s | v18.4s | v19.4s |
//   | v2.16b |                        | v20.4s | v21.4s | v22.4s | v23.4s |
//   | v3.16b |                        | v24.4s | v25.4s | v26.4s | v27.4s |
//                                     | v28.4s | v29.4s | v30.4s | v31.4s |
//                                     +--------+--------+--------+--------+
//   int16 products in v8..v15; the four lanes of an accumulator are partial sums of one output
//
// 48 multiply and add instructions for 8 loads. For AArch64 without SDOT: Cortex-A35, A53, A57, A72, A73.
#include "kernels/neon/gemm_mull_tile.h"

namespace cortado::neon {
namespace {

template <typename Output, int kRows>
void run(const GemmTile<Output>& tile) {
  run_mull_tile<kRows, 4, 4>(tile);
}

template <typename Output>
constexpr GemmRoutines<Output> routines(const char* name) {
  return {name, {run<Output, 1>, run<Output, 2>, run<Output, 3>, run<Output, 4>}};
}

}  // namespace

const GemmKernel kConvolution4x4c8Mull = {
    routines<std::int8_t>("conv_s8_4x4c8_mull"), routines<float>("conv_s8_4x4c8_mull_f32"), 4, 4, 16, 8};

}  // namespace cortado::neon
