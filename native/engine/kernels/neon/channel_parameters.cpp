#include "kernels/neon/channel_parameters.h"

#include <algorithm>

namespace cortado::neon {
namespace {

// Without left shifts and without a second multiplier the epilogue has two instructions a register.
bool is_plain(const RequantisationS8& requantisation, std::int32_t channels) {
  return requantisation.negative_multiplier == nullptr &&
         std::all_of(requantisation.left_shift, requantisation.left_shift + channels,
                     [](std::uint8_t shift) { return shift == 0; });
}

}  // namespace

ChannelParameters::ChannelParameters(const std::int32_t* bias, const RequantisationS8& requantisation,
                                     std::int32_t groups, std::int32_t channels_per_group,
                                     std::int32_t columns)
    : padded_(round_up(static_cast<std::size_t>(channels_per_group), static_cast<std::size_t>(columns))),
      pitch_(padded_ * static_cast<std::size_t>(groups)),
      plain_(is_plain(requantisation, groups * channels_per_group)),
      low_(requantisation.low),
      high_(requantisation.high),
      values_(pitch_ * (plain_ ? 3 : 7)) {
  const bool leaky = requantisation.negative_multiplier != nullptr;
  std::size_t channel = 0;
  for (std::size_t group = 0; group < static_cast<std::size_t>(groups); ++group) {
    for (std::int32_t i = 0; i < channels_per_group; ++i, ++channel) {
      std::int32_t* const value = values_.data() + group * padded_ + static_cast<std::size_t>(i);
      value[0] = bias[channel];
      value[pitch_] = requantisation.multiplier[channel] * 65536;
      value[2 * pitch_] = -requantisation.right_shift[channel];
      if (plain_) continue;
      value[3 * pitch_] = requantisation.left_shift[channel];
      value[4 * pitch_] = leaky ? requantisation.negative_multiplier[channel] * 65536 : value[pitch_];
      value[5 * pitch_] = leaky ? -requantisation.negative_right_shift[channel] : value[2 * pitch_];
      value[6 * pitch_] = leaky ? requantisation.negative_left_shift[channel] : value[3 * pitch_];
    }
  }
}

ChannelView ChannelParameters::at(std::int32_t group, std::int32_t first) const {
  return {values_.data() + static_cast<std::size_t>(group) * padded_ + static_cast<std::size_t>(first),
          pitch_, plain_, low_, high_};
}

}  // namespace cortado::neon
