#include "kernels/neon/depthwise_weights.h"

namespace cortado::neon {

AlignedBuffer<std::int8_t> pack_depthwise_weights(const ConvolutionShape& shape, const std::int8_t* weights) {
  const auto channels = static_cast<std::size_t>(shape.input_channels);
  const auto taps =
      static_cast<std::size_t>(shape.kernel_height) * static_cast<std::size_t>(shape.kernel_width);
  AlignedBuffer<std::int8_t> packed(round_up(channels, 8) * taps);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      packed.data()[(channel / 8 * taps + tap) * 8 + channel % 8] = weights[channel * taps + tap];
    }
  }
  return packed;
}

}  // namespace cortado::neon
