// Arithmetic that the depthwise kernels share: channels in lanes, eight at a time, accumulators in two
// registers of int32.
#pragma once

#include "kernels/neon/requantise.h"

namespace cortado::neon {

struct EightChannels {
  int32x4_t low, high;
};

CORTADO_NEON_INLINE EightChannels load_eight_biases(const ChannelView& channels, std::size_t first) {
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

// Requantisation of eight adjacent channels.
template <bool kPlain>
struct EightRequantisation {
  QuadRequantisation low, high;
};

template <bool kPlain>
CORTADO_NEON_INLINE EightRequantisation<kPlain> load_eight_requantisations(const ChannelView& channels,
                                                                           std::size_t first) {
  return {load_requantisation<kPlain>(channels, first), load_requantisation<kPlain>(channels, first + 4)};
}

template <bool kPlain>
CORTADO_NEON_INLINE void finish_eight(std::int8_t* output, const EightChannels& acc,
                                      const EightRequantisation<kPlain>& requantisation,
                                      const ChannelView& channels, std::int32_t count) {
  store_channels(output, requantise<kPlain>(acc.low, requantisation.low),
                 requantise<kPlain>(acc.high, requantisation.high), channels, count);
}

}  // namespace cortado::neon
