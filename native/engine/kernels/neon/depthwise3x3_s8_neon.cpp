// Depthwise 3x3, stride 1 or 2: eight channels in lanes, two neighbouring output pixels share the columns
// they both read. Weights of eight channels stay in registers along a row of the output.
//
//   stride 1                                     stride 2
//   row 0 | x00 | x01 | x02 | x03 |              | x00 | x01 | x02 | x03 | x04 |
//   row 1 | x10 | x11 | x12 | x13 |              | x10 | x11 | x12 | x13 | x14 |     each .8b: 8 channels of
//   a pixel row 2 | x20 | x21 | x22 | x23 |              | x20 | x21 | x22 | x23 | x24 |
//         |<-- pixel 0 -->|                      |<-- pixel 0 -->|
//               |<-- pixel 1 -->|                            |<-- pixel 1 -->|
//
//   weights: 9 registers .8b; accumulators: low.4s, high.4s of two pixels; four pairs of products and a ninth
//
// For every core with NEON (on 32-bit ones some of the columns are loaded again for want of registers).
#include <algorithm>

#include "kernels/neon/channel_parameters.h"
#include "kernels/neon/depthwise_tile.h"
#include "kernels/neon/depthwise_weights.h"
#include "kernels/neon/kernels.h"

namespace cortado::neon {
namespace {

// Three rows of the input: where a row's first pixel is and how far its pixels are apart. A row in the
// padding is one pixel of zeros with distance 0.
struct InputRows {
  const std::int8_t* start[3];
  std::ptrdiff_t step[3];
};

CORTADO_NEON_INLINE EightChannels convolve(EightChannels acc, const int8x8_t (&x)[3][5], int column,
                                           const int8x8_t (&w)[9]) {
  acc = multiply_two(acc, x[0][column], w[0], x[0][column + 1], w[1]);
  acc = multiply_two(acc, x[0][column + 2], w[2], x[1][column], w[3]);
  acc = multiply_two(acc, x[1][column + 1], w[4], x[1][column + 2], w[5]);
  acc = multiply_two(acc, x[2][column], w[6], x[2][column + 1], w[7]);
  return multiply_one(acc, x[2][column + 2], w[8]);
}

template <int kStride>
class Depthwise3x3 final : public ConvolutionS8 {
 public:
  Depthwise3x3(const ConvolutionShape& shape, const std::int8_t* weights, const std::int32_t* bias,
               const RequantisationS8& requantisation)
      : shape_(shape),
        inner_begin_(std::min(shape.output_width, (shape.pad_width + kStride - 1) / kStride)),
        inner_end_(std::clamp((shape.input_width - 3 + shape.pad_width + kStride) / kStride, inner_begin_,
                              shape.output_width)),
        weights_(pack_depthwise_weights(shape, weights)),
        channels_(bias, requantisation, 1, shape.output_channels, 8),
        zeros_(static_cast<std::size_t>(shape.input_channels) + kBlobSlack) {}

  const char* name() const override { return "depthwise3x3_s8_neon"; }
  std::size_t scratch_bytes() const override { return 0; }
  std::size_t packed_bytes() const override { return weights_.bytes() + channels_.bytes() + zeros_.bytes(); }
  std::int32_t work_items() const override { return shape_.batch * shape_.output_height; }

  void run(const std::int8_t* input, std::int8_t* output, std::int32_t begin, std::int32_t end,
           void*) const override {
    const bool plain = channels_.at(0, 0).plain;
    for (std::int32_t row = begin; row < end; ++row) {
      const InputRows rows = find_rows(input, row);
      std::int8_t* const target =
          output + static_cast<std::ptrdiff_t>(row) * shape_.output_width * shape_.output_pixel_stride;
      for (std::int32_t first = 0; first < shape_.output_channels; first += 8) {
        if (plain) {
          run_row<true>(rows, first, target + first);
        } else {
          run_row<false>(rows, first, target + first);
        }
      }
    }
  }

 private:
  InputRows find_rows(const std::int8_t* input, std::int32_t row) const {
    const std::ptrdiff_t image = row / shape_.output_height;
    const std::int32_t top = row % shape_.output_height * kStride - shape_.pad_height;
    InputRows rows{};
    for (std::int32_t ky = 0; ky < 3; ++ky) {
      const std::int32_t y = top + ky;
      const bool inside = y >= 0 && y < shape_.input_height;
      rows.step[ky] = inside ? shape_.input_pixel_stride : 0;
      rows.start[ky] =
          inside ? input + (image * shape_.input_height + y) * shape_.input_width * shape_.input_pixel_stride
                 : zeros_.data();
    }
    return rows;
  }

  // One row of the output, eight channels.
  template <bool kPlain>
  void run_row(const InputRows& rows, std::int32_t first, std::int8_t* output) const {
    const ChannelView channels = channels_.at(0, 0);
    const auto channel = static_cast<std::size_t>(first);
    const std::int32_t count = shape_.output_channels - first;
    const EightChannels bias = load_eight_biases(channels, channel);
    const EightRequantisation<kPlain> requantisation = load_eight_requantisations<kPlain>(channels, channel);
    int8x8_t w[9];
#pragma GCC unroll 9
    for (int tap = 0; tap < 9; ++tap) w[tap] = vld1_s8(weights_.data() + first * 9 + 8 * tap);

    const auto border = [&](std::int32_t x) {
      int8x8_t columns[3][5];
      for (std::int32_t kx = 0; kx < 3; ++kx) {
        const std::int32_t ix = x * kStride - shape_.pad_width + kx;
        const bool inside = ix >= 0 && ix < shape_.input_width;
        for (int ky = 0; ky < 3; ++ky) {
          columns[ky][kx] = vld1_s8((inside ? rows.start[ky] + ix * rows.step[ky] : zeros_.data()) + first);
        }
      }
      finish_eight(output + x * shape_.output_pixel_stride, convolve(bias, columns, 0, w), requantisation,
                   channels, count);
    };

    std::int32_t x = 0;
    for (; x < inner_begin_; ++x) border(x);
    for (; x + 1 < inner_end_; x += 2) {
      int8x8_t columns[3][5];
#pragma GCC unroll 3
      for (int ky = 0; ky < 3; ++ky) {
        const std::int8_t* source = rows.start[ky] + (x * kStride - shape_.pad_width) * rows.step[ky] + first;
#pragma GCC unroll 5
        for (int column = 0; column < 3 + kStride; ++column, source += rows.step[ky])
          columns[ky][column] = vld1_s8(source);
      }
      std::int8_t* const target = output + x * shape_.output_pixel_stride;
      finish_eight(target, convolve(bias, columns, 0, w), requantisation, channels, count);
      finish_eight(target + shape_.output_pixel_stride, convolve(bias, columns, kStride, w), requantisation,
                   channels, count);
    }
    for (; x < shape_.output_width; ++x) border(x);
  }

  ConvolutionShape shape_;
  std::int32_t inner_begin_, inner_end_;  // output columns whose windows lie inside the input's width
  AlignedBuffer<std::int8_t> weights_;
  ChannelParameters channels_;
  AlignedBuffer<std::int8_t> zeros_;
};

}  // namespace

std::unique_ptr<ConvolutionS8> make_depthwise3x3(const ConvolutionShape& shape, const std::int8_t* weights,
                                                 const std::int32_t* bias,
                                                 const RequantisationS8& requantisation) {
  if (!is_depthwise(shape) || shape.kernel_height != 3 || shape.kernel_width != 3 ||
      shape.dilation_height != 1 || shape.dilation_width != 1 || shape.stride_height != shape.stride_width) {
    return nullptr;
  }
  if (shape.stride_height == 1)
    return std::make_unique<Depthwise3x3<1>>(shape, weights, bias, requantisation);
  if (shape.stride_height == 2)
    return std::make_unique<Depthwise3x3<2>>(shape, weights, bias, requantisation);
  return nullptr;
}

}  // namespace cortado::neon
