// The inner loop of the kernels without a dot product: SMULL / SMLAL multiply 8 input channels each, two
// products are summed in int16 (|2 * 127 * 127| < 2^15), SADALP adds neighbours into int32. Each accumulator
// register belongs to one pixel and one output channel; its four lanes are added at the end.
#pragma once

#include "kernels/neon/epilogue.h"

namespace cortado::neon {

// Sums the lanes of four registers: lane i of the result is the sum over register i.
CORTADO_NEON_INLINE int32x4_t sum_lanes(int32x4_t a, int32x4_t b, int32x4_t c, int32x4_t d) {
#if defined(__aarch64__)
  return vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d));
#else
  const int32x2_t ab =
      vpadd_s32(vadd_s32(vget_low_s32(a), vget_high_s32(a)), vadd_s32(vget_low_s32(b), vget_high_s32(b)));
  const int32x2_t cd =
      vpadd_s32(vadd_s32(vget_low_s32(c), vget_high_s32(c)), vadd_s32(vget_low_s32(d), vget_high_s32(d)));
  return vcombine_s32(ab, cd);
#endif
}

// Products of lanes i and i + 8, summed.
CORTADO_NEON_INLINE int16x8_t multiply_sixteen(int8x16_t a, int8x16_t b) {
  const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
#if defined(__aarch64__)
  return vmlal_high_s8(low, a, b);
#else
  return vmlal_s8(low, vget_high_s8(a), vget_high_s8(b));
#endif
}

// kPitch: pointers per segment (GemmKernel::rows).
template <int kRows, int kColumns, int kPitch, typename Output>
CORTADO_NEON_INLINE void run_mull_tile(const GemmTile<Output>& tile) {
  int32x4_t acc[kRows][kColumns];
#pragma GCC unroll 4
  for (int row = 0; row < kRows; ++row) {
#pragma GCC unroll 8
    for (int column = 0; column < kColumns; ++column) acc[row][column] = vdupq_n_s32(0);
  }
  const std::int8_t* weights = tile.weights;
  const std::int8_t* const* pointers = tile.pixels;
  for (std::int32_t segment = 0; segment < tile.segments; ++segment, pointers += kPitch) {
    const std::int8_t* source[kRows];
#pragma GCC unroll 4
    for (int row = 0; row < kRows; ++row) source[row] = pointers[row] + tile.pixel_offset;
    std::int32_t left = tile.segment_length;
    for (; left >= 16; left -= 16, weights += 16 * kColumns) {
      int8x16_t pixels[kRows];
#pragma GCC unroll 4
      for (int row = 0; row < kRows; ++row) {
        pixels[row] = vld1q_s8(source[row]);
        source[row] += 16;
      }
#pragma GCC unroll 8
      for (int column = 0; column < kColumns; ++column) {
        const int8x16_t w = vld1q_s8(weights + 16 * column);
#pragma GCC unroll 4
        for (int row = 0; row < kRows; ++row) {
          acc[row][column] = vpadalq_s16(acc[row][column], multiply_sixteen(pixels[row], w));
        }
      }
    }
    if (left == 0) continue;
    int8x8_t pixels[kRows];
#pragma GCC unroll 4
    for (int row = 0; row < kRows; ++row) pixels[row] = vld1_s8(source[row]);
#pragma GCC unroll 8
    for (int column = 0; column < kColumns; ++column) {
      const int8x8_t w = vld1_s8(weights + 8 * column);
#pragma GCC unroll 4
      for (int row = 0; row < kRows; ++row) {
        acc[row][column] = vpadalq_s16(acc[row][column], vmull_s8(pixels[row], w));
      }
    }
    weights += 8 * kColumns;
  }
  int32x4_t sums[kRows][kColumns / 4];
#pragma GCC unroll 4
  for (int row = 0; row < kRows; ++row) {
#pragma GCC unroll 2
    for (int quad = 0; quad < kColumns / 4; ++quad) {
      const int32x4_t sum = sum_lanes(acc[row][4 * quad], acc[row][4 * quad + 1], acc[row][4 * quad + 2],
                                      acc[row][4 * quad + 3]);
      sums[row][quad] = vaddq_s32(sum, load_bias(tile.channels, 4 * static_cast<std::size_t>(quad)));
    }
  }
  finish_tile(tile, sums);
}

}  // namespace cortado::neon
