// Depthwise convolution with any kernel, stride, padding and dilation: one output pixel at a time, eight
// channels in lanes.
//
//   taps of the window, two at a time       weights of the two
//   | x0.8b |  | x1.8b |                    | w0.8b |  | w1.8b |
//
//   products = x0 * w0 + x1 * w1 in int16   | p.8h          |
//   accumulators in int32                   | low.4s | high.4s |
//
// For every core with NEON, for shapes that have no kernel of their own.
#include "kernels/neon/channel_parameters.h"
#include "kernels/neon/depthwise_tile.h"
#include "kernels/neon/depthwise_weights.h"
#include "kernels/neon/kernels.h"

namespace cortado::neon {
namespace {

constexpr const char* name_of(const RequantisationS8&) { return "depthwise_s8_neon"; }
constexpr const char* name_of(const DequantisationF32&) { return "depthwise_s8_neon_f32"; }

template <typename Epilogue>
class Depthwise final : public Int8Convolution<typename Epilogue::Output> {
 public:
  using Output = typename Epilogue::Output;

  Depthwise(const ConvolutionShape& shape, const std::int8_t* weights, const std::int32_t* bias,
            const Epilogue& epilogue)
      : name_(name_of(epilogue)),
        shape_(shape),
        taps_(shape.kernel_height * shape.kernel_width),
        weights_(pack_depthwise_weights(shape, weights)),
        channels_(bias, epilogue, 1, shape.output_channels, 8),
        padding_(static_cast<std::size_t>(shape.input_channels) + kBlobSlack,
                 static_cast<std::uint8_t>(shape.pad_level)) {}

  const char* name() const override { return name_; }
  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(taps_) * sizeof(const std::int8_t*);
  }
  std::size_t packed_bytes() const override {
    return weights_.bytes() + channels_.bytes() + padding_.bytes();
  }
  std::int32_t work_items() const override { return shape_.batch * shape_.output_height; }

  void run(const std::int8_t* input, Output* output, std::int32_t begin, std::int32_t end,
           void* scratch) const override {
    const auto taps = static_cast<const std::int8_t**>(scratch);
    const bool plain = channels_.at(0, 0).plain;
    output += static_cast<std::ptrdiff_t>(begin) * shape_.output_width * shape_.output_pixel_stride;
    for (std::int32_t row = begin; row < end; ++row) {
      for (std::int32_t x = 0; x < shape_.output_width; ++x, output += shape_.output_pixel_stride) {
        find_taps(input, row, x, taps);
        if (plain) {
          run_pixel<true>(taps, output);
        } else {
          run_pixel<false>(taps, output);
        }
      }
    }
  }

 private:
  // Pointers to the input pixels of a window; taps in the padding point to `padding_`.
  void find_taps(const std::int8_t* input, std::int32_t row, std::int32_t x, const std::int8_t** taps) const {
    const std::ptrdiff_t image = row / shape_.output_height;
    const std::int32_t top = row % shape_.output_height * shape_.stride_height - shape_.pad_height;
    const std::int32_t left = x * shape_.stride_width - shape_.pad_width;
    for (std::int32_t ky = 0; ky < shape_.kernel_height; ++ky) {
      const std::int32_t iy = top + ky * shape_.dilation_height;
      for (std::int32_t kx = 0; kx < shape_.kernel_width; ++kx, ++taps) {
        const std::int32_t ix = left + kx * shape_.dilation_width;
        const bool inside = iy >= 0 && iy < shape_.input_height && ix >= 0 && ix < shape_.input_width;
        *taps = inside ? input + ((image * shape_.input_height + iy) * shape_.input_width + ix) *
                                     shape_.input_pixel_stride
                       : padding_.data();
      }
    }
  }

  template <bool kPlain>
  void run_pixel(const std::int8_t* const* taps, Output* output) const {
    const ChannelView<Output> channels = channels_.at(0, 0);
    const std::int8_t* weights = weights_.data();
    for (std::int32_t first = 0; first < shape_.output_channels; first += 8) {
      const auto channel = static_cast<std::size_t>(first);
      EightChannels acc = load_eight_biases(channels, channel);
      std::int32_t tap = 0;
      for (; tap + 1 < taps_; tap += 2, weights += 16) {
        acc = multiply_two(acc, vld1_s8(taps[tap] + first), vld1_s8(weights), vld1_s8(taps[tap + 1] + first),
                           vld1_s8(weights + 8));
      }
      if (tap < taps_) {
        acc = multiply_one(acc, vld1_s8(taps[tap] + first), vld1_s8(weights));
        weights += 8;
      }
      finish_eight(output + first, acc, load_eight_epilogues<kPlain>(channels, channel), channels,
                   shape_.output_channels - first);
    }
  }

  const char* name_;
  ConvolutionShape shape_;
  std::int32_t taps_;
  AlignedBuffer<std::int8_t> weights_;
  ChannelParameters<Epilogue> channels_;
  AlignedBuffer<std::int8_t> padding_;
};

}  // namespace

template <typename Epilogue>
Int8ConvolutionPointer<Epilogue> make_depthwise(const ConvolutionShape& shape, const std::int8_t* weights,
                                                const std::int32_t* bias, const Epilogue& epilogue) {
  if (!is_depthwise(shape)) return nullptr;
  return std::make_unique<Depthwise<Epilogue>>(shape, weights, bias, epilogue);
}

template Int8ConvolutionPointer<RequantisationS8> make_depthwise(const ConvolutionShape&, const std::int8_t*,
                                                                 const std::int32_t*,
                                                                 const RequantisationS8&);
template Int8ConvolutionPointer<DequantisationF32> make_depthwise(const ConvolutionShape&, const std::int8_t*,
                                                                  const std::int32_t*,
                                                                  const DequantisationF32&);

}  // namespace cortado::neon
