// Accumulators to float: y = activation(float(acc) * factor), operation by operation what the reference does.
// The activations are one formula, which gives the same bits:
//   t = float(acc) * factor, u = t > 0 ? t : t * slope, y = min(max(u, low), high)
// The step with the slope is left out where there is none; `low` is 0 for ReLU (the larger one of -0 and 0 is
// 0), `high` 6 for ReLU6, and they are infinite otherwise.
#pragma once

#include "kernels/neon/neon_inline.h"

namespace cortado::neon {

// Dequantisation of four adjacent channels.
struct QuadDequantisation {
  float32x4_t factor, slope;
};

template <bool kPlain>
CORTADO_NEON_INLINE QuadDequantisation load_dequantisation(const ChannelView<float>& channels,
                                                           std::size_t first) {
  const std::int32_t* const values = channels.values + first;
  QuadDequantisation quad{};
  quad.factor = vreinterpretq_f32_s32(vld1q_s32(values + channels.pitch));
  if constexpr (!kPlain) quad.slope = vreinterpretq_f32_s32(vld1q_s32(values + 2 * channels.pitch));
  return quad;
}

template <bool kPlain>
CORTADO_NEON_INLINE float32x4_t dequantise(int32x4_t acc, const QuadDequantisation& quad,
                                           const ChannelView<float>& channels) {
  float32x4_t value = vmulq_f32(vcvtq_f32_s32(acc), quad.factor);
  if constexpr (!kPlain) {
    value = vbslq_f32(vcgtq_f32(value, vdupq_n_f32(0)), value, vmulq_f32(value, quad.slope));
  }
  return vminq_f32(vmaxq_f32(value, vdupq_n_f32(channels.low)), vdupq_n_f32(channels.high));
}

// Stores the first `count` floats, at most 4, and not one more.
CORTADO_NEON_INLINE void store_part(float* output, float32x4_t values, std::int32_t count) {
  if (count >= 4) {
    vst1q_f32(output, values);
    return;
  }
  if (count <= 0) return;
  float32x2_t pair = vget_low_f32(values);
  if ((count & 2) != 0) {
    vst1_f32(output, pair);
    output += 2;
    pair = vget_high_f32(values);
  }
  if ((count & 1) != 0) vst1_lane_f32(output, pair, 0);
}

template <bool kPlain, int kRows, int kQuads>
CORTADO_NEON_INLINE void dequantise_and_store(const GemmTile<float>& tile,
                                              const int32x4_t (&acc)[kRows][kQuads]) {
#pragma GCC unroll 4
  for (int quad = 0; quad < kQuads; ++quad) {
    const QuadDequantisation parameters =
        load_dequantisation<kPlain>(tile.channels, 4 * static_cast<std::size_t>(quad));
    float* output = tile.output + 4 * quad;
#pragma GCC unroll 8
    for (int row = 0; row < kRows; ++row) {
      if (row < tile.rows) {
        store_part(output, dequantise<kPlain>(acc[row][quad], parameters, tile.channels),
                   tile.columns - 4 * quad);
      }
      output += tile.output_pixel_stride;
    }
  }
}

// Dequantises and stores a tile of finished accumulators, bias included.
template <int kRows, int kQuads>
CORTADO_NEON_INLINE void finish_tile(const GemmTile<float>& tile, const int32x4_t (&acc)[kRows][kQuads]) {
  if (tile.channels.plain) {
    dequantise_and_store<true>(tile, acc);
  } else {
    dequantise_and_store<false>(tile, acc);
  }
}

}  // namespace cortado::neon
