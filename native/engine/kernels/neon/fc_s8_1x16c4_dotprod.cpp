// Fully connected: one image by 16 outputs, SDOT by lane. Weights are one stream of memory, read once.
//
//                             weights: 4 inputs x 16 outputs
//                            +-------------+-------------+-------------+-------------+
//   16 inputs                | 4x4         | 4x4         | 4x4         | 4x4         |
//   | v0 |                   +-------------+-------------+-------------+-------------+
//          even steps of 4   | v16.4s      | v17.4s      | v18.4s      | v19.4s      |
//          odd steps of 4    | v20.4s      | v21.4s      | v22.4s      | v23.4s      |
//                            +-------------+-------------+-------------+-------------+
//
// Two sets of accumulators keep eight SDOT in flight. For Cortex-A55, A75, A76 and later.
#include "kernels/neon/epilogue.h"

namespace cortado::neon {
namespace {

template <int kLane>
CORTADO_NEON_INLINE void multiply_lane(int32x4_t (&acc)[4], int8x16_t inputs, const std::int8_t* weights) {
#pragma GCC unroll 4
  for (int quad = 0; quad < 4; ++quad) {
    acc[quad] = vdotq_laneq_s32(acc[quad], vld1q_s8(weights + 64 * kLane + 16 * quad), inputs, kLane);
  }
}

template <typename Output>
void run(const GemmTile<Output>& tile) {
  int32x4_t even[1][4];
  int32x4_t odd[4];
#pragma GCC unroll 4
  for (std::size_t quad = 0; quad < 4; ++quad) {
    even[0][quad] = load_bias(tile.channels, 4 * quad);
    odd[quad] = vdupq_n_s32(0);
  }
  const std::int8_t* weights = tile.weights;
  for (std::int32_t segment = 0; segment < tile.segments; ++segment) {
    const std::int8_t* source = tile.pixels[segment] + tile.pixel_offset;
    std::int32_t left = tile.segment_length;
    for (; left >= 16; left -= 16, source += 16) {
      const int8x16_t inputs = vld1q_s8(source);
      multiply_lane<0>(even[0], inputs, weights);
      multiply_lane<1>(odd, inputs, weights);
      multiply_lane<2>(even[0], inputs, weights);
      multiply_lane<3>(odd, inputs, weights);
      weights += 256;
    }
    if (left == 0) continue;
    const int8x16_t inputs = vld1q_s8(source);
    multiply_lane<0>(even[0], inputs, weights);
    if (left > 4) multiply_lane<1>(odd, inputs, weights);
    if (left > 8) multiply_lane<2>(even[0], inputs, weights);
    weights += 16 * left;
  }
#pragma GCC unroll 4
  for (int quad = 0; quad < 4; ++quad) even[0][quad] = vaddq_s32(even[0][quad], odd[quad]);
  finish_tile(tile, even);
}

template <typename Output>
constexpr GemmRoutines<Output> routines(const char* name) {
  return {name, {run<Output>}};
}

}  // namespace

const GemmKernel kFullyConnected1x16c4Dotprod = {
    routines<std::int8_t>("fc_s8_1x16c4_dotprod"), routines<float>("fc_s8_1x16c4_dotprod_f32"), 1, 16, 4, 4};

}  // namespace cortado::neon
