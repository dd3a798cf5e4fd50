// Accumulators to int8, the vector form of `requantise` in arithmetic.h.
//   a = SQSHL(acc, l), t = SQRDMULH(a, m << 16), y = clamp(SRSHL(t, -s) + zero)
// SQRDMULH equals (a * m + 2^14) >> 15 for |m| < 2^15, and SRSHL rounds half up: both bit for bit what the
// reference does.
#pragma once

#include <cstring>

#include "kernels/neon/neon_inline.h"

namespace cortado::neon {

// Requantisation of four adjacent channels.
struct QuadRequantisation {
  int32x4_t multiplier, right_shift, left_shift;
  int32x4_t negative_multiplier, negative_right_shift, negative_left_shift;
};

template <bool kPlain>
CORTADO_NEON_INLINE QuadRequantisation load_requantisation(const ChannelView<std::int8_t>& channels,
                                                           std::size_t first) {
  const std::int32_t* const values = channels.values + first;
  const std::size_t pitch = channels.pitch;
  QuadRequantisation quad{};
  quad.multiplier = vld1q_s32(values + pitch);
  quad.right_shift = vld1q_s32(values + 2 * pitch);
  if constexpr (!kPlain) {
    quad.left_shift = vld1q_s32(values + 3 * pitch);
    quad.negative_multiplier = vld1q_s32(values + 4 * pitch);
    quad.negative_right_shift = vld1q_s32(values + 5 * pitch);
    quad.negative_left_shift = vld1q_s32(values + 6 * pitch);
  }
  return quad;
}

template <bool kPlain>
CORTADO_NEON_INLINE int32x4_t requantise(int32x4_t acc, const QuadRequantisation& quad) {
  if constexpr (kPlain) {
    return vrshlq_s32(vqrdmulhq_s32(acc, quad.multiplier), quad.right_shift);
  } else {
    const uint32x4_t negative = vcltq_s32(acc, vdupq_n_s32(0));
    const int32x4_t shifted = vqshlq_s32(acc, vbslq_s32(negative, quad.negative_left_shift, quad.left_shift));
    const int32x4_t product =
        vqrdmulhq_s32(shifted, vbslq_s32(negative, quad.negative_multiplier, quad.multiplier));
    return vrshlq_s32(product, vbslq_s32(negative, quad.negative_right_shift, quad.right_shift));
  }
}

// Stores the first `count` (0 to 8) bytes of `bytes`, and not one more.
CORTADO_NEON_INLINE void store_part(std::int8_t* output, int8x8_t bytes, std::int32_t count) {
  if (count >= 8) {
    vst1_s8(output, bytes);
    return;
  }
  if ((count & 4) != 0) {
    const std::uint32_t lane = vget_lane_u32(vreinterpret_u32_s8(bytes), 0);
    std::memcpy(output, &lane, sizeof lane);
    output += 4;
    bytes = vext_s8(bytes, bytes, 4);
  }
  if ((count & 2) != 0) {
    const std::uint16_t lane = vget_lane_u16(vreinterpret_u16_s8(bytes), 0);
    std::memcpy(output, &lane, sizeof lane);
    output += 2;
    bytes = vext_s8(bytes, bytes, 2);
  }
  if ((count & 1) != 0) *output = vget_lane_s8(bytes, 0);
}

// Narrows eight requantised channels (or four of two pixels), puts their zero where it belongs and clamps
// them. What the narrowing to int16 saturates is beyond the bounds with any zero added.
template <bool kPlain>
CORTADO_NEON_INLINE int8x8_t narrow_and_clamp(int32x4_t first, int32x4_t second,
                                              const ChannelView<std::int8_t>& channels) {
  int16x8_t narrow = vcombine_s16(vqmovn_s32(first), vqmovn_s32(second));
  if constexpr (!kPlain) narrow = vqaddq_s16(narrow, vdupq_n_s16(channels.zero));
  return vmin_s8(vmax_s8(vqmovn_s16(narrow), vdup_n_s8(channels.low)), vdup_n_s8(channels.high));
}

template <bool kPlain>
CORTADO_NEON_INLINE void store_channels(std::int8_t* output, int32x4_t first, int32x4_t second,
                                        const ChannelView<std::int8_t>& channels, std::int32_t count) {
  store_part(output, narrow_and_clamp<kPlain>(first, second, channels), count);
}

// Four channels a row: two rows share the narrowing.
template <bool kPlain, int kRows>
CORTADO_NEON_INLINE void store_rows(const GemmTile<std::int8_t>& tile, const int32x4_t (&acc)[kRows][1]) {
  std::int8_t* output = tile.output;
#pragma GCC unroll 4
  for (int row = 0; row < kRows; row += 2) {
    const bool pair = row + 1 < kRows;
    const int8x8_t bytes = narrow_and_clamp<kPlain>(acc[row][0], acc[pair ? row + 1 : row][0], tile.channels);
    if (tile.columns >= 4) {
      const std::uint32_t first = vget_lane_u32(vreinterpret_u32_s8(bytes), 0);
      std::memcpy(output, &first, sizeof first);
      if (pair) {
        const std::uint32_t second = vget_lane_u32(vreinterpret_u32_s8(bytes), 1);
        std::memcpy(output + tile.output_pixel_stride, &second, sizeof second);
      }
    } else {
      store_part(output, bytes, tile.columns);
      if (pair) store_part(output + tile.output_pixel_stride, vext_s8(bytes, bytes, 4), tile.columns);
    }
    output += 2 * tile.output_pixel_stride;
  }
}

// Eight channels or more a row. A tile may have fewer pixels than kRows.
template <bool kPlain, int kRows, int kQuads>
CORTADO_NEON_INLINE void store_rows(const GemmTile<std::int8_t>& tile,
                                    const int32x4_t (&acc)[kRows][kQuads]) {
  std::int8_t* output = tile.output;
#pragma GCC unroll 8
  for (int row = 0; row < kRows; ++row) {
    if (row >= tile.rows) return;
#pragma GCC unroll 2
    for (int quad = 0; quad < kQuads; quad += 2) {
      const int8x8_t bytes = narrow_and_clamp<kPlain>(acc[row][quad], acc[row][quad + 1], tile.channels);
      const std::int32_t left = tile.columns - 4 * quad;
      if (left >= 8) {
        vst1_s8(output + 4 * quad, bytes);
      } else if (left > 0) {
        store_part(output + 4 * quad, bytes, left);
      }
    }
    output += tile.output_pixel_stride;
  }
}

template <bool kPlain, int kRows, int kQuads>
CORTADO_NEON_INLINE void requantise_and_store(const GemmTile<std::int8_t>& tile,
                                              int32x4_t (&acc)[kRows][kQuads]) {
#pragma GCC unroll 4
  for (int quad = 0; quad < kQuads; ++quad) {
    const QuadRequantisation parameters =
        load_requantisation<kPlain>(tile.channels, 4 * static_cast<std::size_t>(quad));
#pragma GCC unroll 8
    for (int row = 0; row < kRows; ++row) acc[row][quad] = requantise<kPlain>(acc[row][quad], parameters);
  }
  store_rows<kPlain>(tile, acc);
}

// Requantises and stores a tile of finished accumulators, bias included.
template <int kRows, int kQuads>
CORTADO_NEON_INLINE void finish_tile(const GemmTile<std::int8_t>& tile, int32x4_t (&acc)[kRows][kQuads]) {
  if (tile.channels.plain) {
    requantise_and_store<true>(tile, acc);
  } else {
    requantise_and_store<false>(tile, acc);
  }
}

}  // namespace cortado::neon
