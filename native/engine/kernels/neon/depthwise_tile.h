// Arithmetic that the depthwise kernels share: channels in lanes, eight at a time, accumulators in two
// registers of int32.
#pragma once

#include "kernels/neon/epilogue.h"

namespace cortado::neon {

struct EightChannels {
  int32x4_t low, high;
};

template <typename Output>
CORTADO_NEON_INLINE EightChannels load_eight_biases(const ChannelView<Output>& channels, std::size_t first) {
  return {load_bias(channels, first), load_bias(channels, first + 4)};
}

CORTADO_NEON_INLINE EightChannels add_products(const EightChannels& acc, int16x8_t products) {
  return {vaddw_s16(acc.low, vget_low_s16(products)), vaddw_s16(acc.high, vget_high_s16(products))};
}

// Two products fit int16: |2 * 127 * 127| < 2^15.
CORTADO_NEON_INLINE EightChannels multiply_two(const EightChannels& acc, int8x8_t x0, int8x8_t w0,
                                               int8x8_t x1, int8x8_t w1) {
  return add_products(acc, vmlal_s8(vmull_s8(x0, w0), x1, w1));
}

CORTADO_NEON_INLINE EightChannels multiply_one(const EightChannels& acc, int8x8_t x, int8x8_t w) {
  return add_products(acc, vmull_s8(x, w));
}

// Epilogues of eight adjacent channels.
template <bool kPlain>
struct EightRequantisation {
  QuadRequantisation low, high;
};

template <bool kPlain>
struct EightDequantisation {
  QuadDequantisation low, high;
};

template <bool kPlain>
CORTADO_NEON_INLINE EightRequantisation<kPlain> load_eight_epilogues(const ChannelView<std::int8_t>& channels,
                                                                     std::size_t first) {
  return {load_requantisation<kPlain>(channels, first), load_requantisation<kPlain>(channels, first + 4)};
}

template <bool kPlain>
CORTADO_NEON_INLINE EightDequantisation<kPlain> load_eight_epilogues(const ChannelView<float>& channels,
                                                                     std::size_t first) {
  return {load_dequantisation<kPlain>(channels, first), load_dequantisation<kPlain>(channels, first + 4)};
}

// Stores the first `count` channels, at most 8.
template <bool kPlain>
CORTADO_NEON_INLINE void finish_eight(std::int8_t* output, const EightChannels& acc,
                                      const EightRequantisation<kPlain>& requantisation,
                                      const ChannelView<std::int8_t>& channels, std::int32_t count) {
  store_channels<kPlain>(output, requantise<kPlain>(acc.low, requantisation.low),
                         requantise<kPlain>(acc.high, requantisation.high), channels, count);
}

template <bool kPlain>
CORTADO_NEON_INLINE void finish_eight(float* output, const EightChannels& acc,
                                      const EightDequantisation<kPlain>& dequantisation,
                                      const ChannelView<float>& channels, std::int32_t count) {
  store_part(output, dequantise<kPlain>(acc.low, dequantisation.low, channels), count);
  store_part(output + 4, dequantise<kPlain>(acc.high, dequantisation.high, channels), count - 4);
}

}  // namespace cortado::neon
