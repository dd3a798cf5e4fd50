#include "kernels/neon/channel_parameters.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace cortado::neon {
namespace {

std::int32_t bits_of(float value) {
  std::int32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Without left shifts, a second multiplier and a zero the epilogue has two instructions a register.
bool is_plain(const RequantisationS8& requantisation, std::int32_t channels) {
  return requantisation.negative_multiplier == nullptr && requantisation.zero == 0 &&
         std::all_of(requantisation.left_shift, requantisation.left_shift + channels,
                     [](std::uint8_t shift) { return shift == 0; });
}

bool is_plain(const DequantisationF32& dequantisation, std::int32_t) {
  return dequantisation.activation.kind != ActivationKind::kLeaky;
}

std::size_t sections(const RequantisationS8&, bool plain) { return plain ? 3 : 7; }
std::size_t sections(const DequantisationF32&, bool plain) { return plain ? 2 : 3; }

std::int8_t low_of(const RequantisationS8& requantisation) { return requantisation.low; }
std::int8_t high_of(const RequantisationS8& requantisation) { return requantisation.high; }
std::int8_t zero_of(const RequantisationS8& requantisation) { return requantisation.zero; }
float zero_of(const DequantisationF32&) { return 0; }

float low_of(const DequantisationF32& dequantisation) {
  const ActivationKind kind = dequantisation.activation.kind;
  const bool rectified = kind == ActivationKind::kRelu || kind == ActivationKind::kRelu6;
  return rectified ? 0 : -std::numeric_limits<float>::infinity();
}

float high_of(const DequantisationF32& dequantisation) {
  return dequantisation.activation.kind == ActivationKind::kRelu6 ? 6
                                                                  : std::numeric_limits<float>::infinity();
}

// What follows a channel's bias, one value in each section.
void write(const RequantisationS8& requantisation, std::size_t channel, bool plain, std::size_t pitch,
           std::int32_t* value) {
  value[pitch] = requantisation.multiplier[channel] * 65536;
  value[2 * pitch] = -requantisation.right_shift[channel];
  if (plain) return;
  const bool leaky = requantisation.negative_multiplier != nullptr;
  value[3 * pitch] = requantisation.left_shift[channel];
  value[4 * pitch] = leaky ? requantisation.negative_multiplier[channel] * 65536 : value[pitch];
  value[5 * pitch] = leaky ? -requantisation.negative_right_shift[channel] : value[2 * pitch];
  value[6 * pitch] = leaky ? requantisation.negative_left_shift[channel] : value[3 * pitch];
}

void write(const DequantisationF32& dequantisation, std::size_t channel, bool plain, std::size_t pitch,
           std::int32_t* value) {
  value[pitch] = bits_of(dequantisation.factor[channel]);
  if (plain) return;
  const Span<float>& slopes = dequantisation.activation.slopes;
  value[2 * pitch] = bits_of(slopes[slopes.size() == 1 ? 0 : channel]);
}

}  // namespace

template <typename Epilogue>
ChannelParameters<Epilogue>::ChannelParameters(const std::int32_t* bias, const Epilogue& epilogue,
                                               std::int32_t groups, std::int32_t channels_per_group,
                                               std::int32_t columns)
    : padded_(round_up(static_cast<std::size_t>(channels_per_group), static_cast<std::size_t>(columns))),
      pitch_(padded_ * static_cast<std::size_t>(groups)),
      plain_(is_plain(epilogue, groups * channels_per_group)),
      low_(low_of(epilogue)),
      high_(high_of(epilogue)),
      zero_(zero_of(epilogue)),
      values_(pitch_ * sections(epilogue, plain_)) {
  std::size_t channel = 0;
  for (std::size_t group = 0; group < static_cast<std::size_t>(groups); ++group) {
    for (std::int32_t i = 0; i < channels_per_group; ++i, ++channel) {
      std::int32_t* const value = values_.data() + group * padded_ + static_cast<std::size_t>(i);
      value[0] = bias[channel];
      write(epilogue, channel, plain_, pitch_, value);
    }
  }
}

template <typename Epilogue>
ChannelView<typename Epilogue::Output> ChannelParameters<Epilogue>::at(std::int32_t group,
                                                                       std::int32_t first) const {
  return {values_.data() + static_cast<std::size_t>(group) * padded_ + static_cast<std::size_t>(first),
          pitch_,
          plain_,
          low_,
          high_,
          zero_};
}

template class ChannelParameters<RequantisationS8>;
template class ChannelParameters<DequantisationF32>;

}  // namespace cortado::neon
