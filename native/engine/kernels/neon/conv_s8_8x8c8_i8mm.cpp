// Convolution as a matrix product, 8 pixels by 8 output channels, SMMLA: a 2x8 by 8x2 product an instruction.
//
//                                             weights: 8 input channels of two output channels a register
//                                            +-----------+-----------+-----------+-----------+
//   pixels, 8 channels of two a register     | w of 0, 1 | w of 2, 3 | w of 4, 5 | w of 6, 7 |
//   | x of 0, 1 |                            +-----------+-----------+-----------+-----------+
//   | x of 2, 3 |                            | v16       | v17       | v18       | v19       |
//   | x of 4, 5 |                            | v20       | v21       | v22       | v23       |
//   | x of 6, 7 |                            | v24       | v25       | v26       | v27       |
//                                            | v28       | v29       | v30       | v31       |
//                                            +-----------+-----------+-----------+-----------+
//   an accumulator holds [pixel 0: output 0, 1; pixel 1: output 0, 1]
//
// 32 SMMLA for 16 loads and 8 ZIP. For cores with asimd i8mm: Cortex-A510, A710, X2, Neoverse V1 and later.
#include "kernels/neon/epilogue.h"

namespace cortado::neon {
namespace {

CORTADO_NEON_INLINE int32x4_t low_halves(int32x4_t a, int32x4_t b) {
  return vreinterpretq_s32_s64(vzip1q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

CORTADO_NEON_INLINE int32x4_t high_halves(int32x4_t a, int32x4_t b) {
  return vreinterpretq_s32_s64(vzip2q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

template <int kPairs>
CORTADO_NEON_INLINE const std::int8_t* multiply(int32x4_t (&acc)[kPairs][4],
                                                const int8x16_t (&pixels)[kPairs],
                                                const std::int8_t* weights) {
#pragma GCC unroll 4
  for (int pair = 0; pair < 4; ++pair) {
    const int8x16_t w = vld1q_s8(weights + 16 * pair);
#pragma GCC unroll 4
    for (int row = 0; row < kPairs; ++row) acc[row][pair] = vmmlaq_s32(acc[row][pair], pixels[row], w);
  }
  return weights + 64;
}

template <typename Output, int kPairs>
void run(const GemmTile<Output>& tile) {
  int32x4_t acc[kPairs][4];
#pragma GCC unroll 2
  for (std::size_t quad = 0; quad < 2; ++quad) {
    const int32x4_t bias = load_bias(tile.channels, 4 * quad);
#pragma GCC unroll 4
    for (int row = 0; row < kPairs; ++row) {
      acc[row][2 * quad] = low_halves(bias, bias);
      acc[row][2 * quad + 1] = high_halves(bias, bias);
    }
  }
  const std::int8_t* weights = tile.weights;
  const std::int8_t* const* pointers = tile.pixels;
  for (std::int32_t segment = 0; segment < tile.segments; ++segment, pointers += 8) {
    const std::int8_t* source[2 * kPairs];
    int8x16_t pixels[kPairs];
#pragma GCC unroll 8
    for (int row = 0; row < 2 * kPairs; ++row) source[row] = pointers[row] + tile.pixel_offset;
    std::int32_t left = tile.segment_length;
    for (; left >= 16; left -= 16) {
      int8x16_t next[kPairs];
#pragma GCC unroll 4
      for (int row = 0; row < kPairs; ++row) {
        const int64x2_t first = vreinterpretq_s64_s8(vld1q_s8(source[2 * row]));
        const int64x2_t second = vreinterpretq_s64_s8(vld1q_s8(source[2 * row + 1]));
        source[2 * row] += 16;
        source[2 * row + 1] += 16;
        pixels[row] = vreinterpretq_s8_s64(vzip1q_s64(first, second));
        next[row] = vreinterpretq_s8_s64(vzip2q_s64(first, second));
      }
      weights = multiply(acc, pixels, weights);
      weights = multiply(acc, next, weights);
    }
    if (left == 0) continue;
#pragma GCC unroll 4
    for (int row = 0; row < kPairs; ++row) {
      pixels[row] = vcombine_s8(vld1_s8(source[2 * row]), vld1_s8(source[2 * row + 1]));
    }
    weights = multiply(acc, pixels, weights);
  }
  int32x4_t sums[2 * kPairs][2];
#pragma GCC unroll 4
  for (int row = 0; row < kPairs; ++row) {
#pragma GCC unroll 2
    for (int quad = 0; quad < 2; ++quad) {
      sums[2 * row][quad] = low_halves(acc[row][2 * quad], acc[row][2 * quad + 1]);
      sums[2 * row + 1][quad] = high_halves(acc[row][2 * quad], acc[row][2 * quad + 1]);
    }
  }
  finish_tile(tile, sums);
}

template <typename Output>
constexpr GemmRoutines<Output> routines(const char* name) {
  return {name,
          {run<Output, 1>, run<Output, 1>, run<Output, 2>, run<Output, 2>, run<Output, 3>, run<Output, 3>,
           run<Output, 4>, run<Output, 4>}};
}

}  // namespace

const GemmKernel kConvolution8x8c8I8mm = {
    routines<std::int8_t>("conv_s8_8x8c8_i8mm"), routines<float>("conv_s8_8x8c8_i8mm_f32"), 8, 8, 8, 8};

}  // namespace cortado::neon
