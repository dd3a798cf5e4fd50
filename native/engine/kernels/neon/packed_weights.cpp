#include "kernels/neon/packed_weights.h"

namespace cortado::neon {
namespace {

// The weights of one output channel by a dense index: taps in order, the channels of a tap adjacent.
class ChannelWeights {
 public:
  ChannelWeights(const std::int8_t* weights, std::size_t taps, std::size_t channels)
      : weights_(weights), taps_(taps), channels_(channels) {}
  std::int8_t at(std::size_t index) const { return weights_[index % channels_ * taps_ + index / channels_]; }

 private:
  const std::int8_t* weights_;
  std::size_t taps_, channels_;
};

}  // namespace

PackedWeights::PackedWeights(const GemmKernel& kernel, const ConvolutionShape& shape,
                             const WindowGather& gather, const std::int8_t* weights)
    : segment_length_(static_cast<std::int32_t>(round_up(static_cast<std::size_t>(gather.segment_length()),
                                                         static_cast<std::size_t>(kernel.tail_step)))),
      blocks_((shape.output_channels / shape.group + kernel.columns - 1) / kernel.columns),
      block_bytes_(static_cast<std::size_t>(gather.segments()) * static_cast<std::size_t>(segment_length_) *
                   static_cast<std::size_t>(kernel.columns)),
      data_(block_bytes_ * static_cast<std::size_t>(blocks_) * static_cast<std::size_t>(shape.group)) {
  const auto taps =
      static_cast<std::size_t>(shape.kernel_height) * static_cast<std::size_t>(shape.kernel_width);
  const auto channels = static_cast<std::size_t>(shape.input_channels / shape.group);
  const auto columns = static_cast<std::size_t>(kernel.columns);
  const auto length = static_cast<std::size_t>(gather.segment_length());
  const auto padded_length = static_cast<std::size_t>(segment_length_);
  const auto group_outputs = static_cast<std::size_t>(shape.output_channels / shape.group);
  for (std::size_t output = 0; output < static_cast<std::size_t>(shape.output_channels); ++output) {
    const std::size_t group = output / group_outputs;
    const std::size_t in_group = output % group_outputs;
    const std::size_t column = in_group % columns;
    const ChannelWeights source(weights + output * channels * taps, taps, channels);
    std::int8_t* target =
        data_.data() + (group * static_cast<std::size_t>(blocks_) + in_group / columns) * block_bytes_;
    for (std::size_t segment = 0; segment < static_cast<std::size_t>(gather.segments()); ++segment) {
      for (std::size_t k = 0; k < padded_length;) {
        const bool whole = padded_length - k >= static_cast<std::size_t>(kernel.step);
        const auto step = static_cast<std::size_t>(whole ? kernel.step : kernel.tail_step);
        for (std::size_t i = 0; i < step && k + i < length; ++i) {
          target[column * step + i] = source.at(segment * length + k + i);
        }
        target += step * columns;
        k += step;
      }
    }
  }
}

const std::int8_t* PackedWeights::block(std::int32_t group, std::int32_t block) const {
  const std::size_t index =
      static_cast<std::size_t>(group) * static_cast<std::size_t>(blocks_) + static_cast<std::size_t>(block);
  return data_.data() + index * block_bytes_;
}

}  // namespace cortado::neon
