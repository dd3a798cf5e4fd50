// Convolution as a matrix product, 4 pixels by 16 output channels, SDOT by lane (4 input channels an
// instruction).
//
//                             weights: 4 input channels x 16 output channels
//                            +-------------+-------------+-------------+-------------+
//                            | v4 .. 4x4   | v5 .. 4x4   | v6 .. 4x4   | v7 .. 4x4   |
//   pixels, 16 channels each +-------------+-------------+-------------+-------------+
//   | v0 |                   | v16.4s      | v17.4s      | v18.4s      | v19.4s      |
//   | v1 |                   | v20.4s      | v21.4s      | v22.4s      | v23.4s      |
//   | v2 |                   | v24.4s      | v25.4s      | v26.4s      | v27.4s      |
//   | v3 |                   | v28.4s      | v29.4s      | v30.4s      | v31.4s      |
//                            +-------------+-------------+-------------+-------------+
//
// 64 SDOT for 20 loads. For cores with SDOT: Cortex-A55, A75, A76 and later (Armv8.2-A with asimddp).
#include "kernels/neon/epilogue.h"

namespace cortado::neon {
namespace {

template <int kLane, int kRows>
CORTADO_NEON_INLINE void multiply_lane(int32x4_t (&acc)[kRows][4], const int8x16_t (&pixels)[kRows],
                                       const std::int8_t* weights) {
#pragma GCC unroll 4
  for (int quad = 0; quad < 4; ++quad) {
    const int8x16_t w = vld1q_s8(weights + 64 * kLane + 16 * quad);
#pragma GCC unroll 4
    for (int row = 0; row < kRows; ++row)
      acc[row][quad] = vdotq_laneq_s32(acc[row][quad], w, pixels[row], kLane);
  }
}

template <typename Output, int kRows>
void run(const GemmTile<Output>& tile) {
  int32x4_t acc[kRows][4];
#pragma GCC unroll 4
  for (int row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (std::size_t quad = 0; quad < 4; ++quad) acc[row][quad] = load_bias(tile.channels, 4 * quad);
  }
  const std::int8_t* weights = tile.weights;
  const std::int8_t* const* pointers = tile.pixels;
  for (std::int32_t segment = 0; segment < tile.segments; ++segment, pointers += 4) {
    const std::int8_t* source[kRows];
    int8x16_t pixels[kRows];
#pragma GCC unroll 4
    for (int row = 0; row < kRows; ++row) source[row] = pointers[row] + tile.pixel_offset;
    std::int32_t left = tile.segment_length;
    for (; left >= 16; left -= 16) {
#pragma GCC unroll 4
      for (int row = 0; row < kRows; ++row) {
        pixels[row] = vld1q_s8(source[row]);
        source[row] += 16;
      }
      multiply_lane<0>(acc, pixels, weights);
      multiply_lane<1>(acc, pixels, weights);
      multiply_lane<2>(acc, pixels, weights);
      multiply_lane<3>(acc, pixels, weights);
      weights += 256;
    }
    if (left == 0) continue;
#pragma GCC unroll 4
    for (int row = 0; row < kRows; ++row) pixels[row] = vld1q_s8(source[row]);
    multiply_lane<0>(acc, pixels, weights);
    if (left > 4) multiply_lane<1>(acc, pixels, weights);
    if (left > 8) multiply_lane<2>(acc, pixels, weights);
    weights += 16 * left;
  }
  finish_tile(tile, acc);
}

template <typename Output>
constexpr GemmRoutines<Output> routines(const char* name) {
  return {name, {run<Output, 1>, run<Output, 2>, run<Output, 3>, run<Output, 4>}};
}

}  // namespace

const GemmKernel kConvolution4x16c4Dotprod = {routines<std::int8_t>("conv_s8_4x16c4_dotprod"),
                                              routines<float>("conv_s8_4x16c4_dotprod_f32"),
                                              4,
                                              16,
                                              4,
                                              4};

}  // namespace cortado::neon
