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
// padding is one pixel of its level with distance 0.
struct InputRows {
  const std::int8_t* start[3];
  std::ptrdiff_t step[3];
};

// Eight channels of a row of the output. Everything points to the first of the eight.
struct EightChannelRow {
  InputRows input;
  const std::int8_t* weights;
  ChannelView<std::int8_t> channels;
  std::int32_t count;  // channels to store
  std::int8_t* output;
  std::ptrdiff_t output_step;
};

CORTADO_NEON_INLINE void load_weights(const std::int8_t* weights, int8x8_t (&w)[9]) {
#pragma GCC unroll 9
  for (int tap = 0; tap < 9; ++tap) w[tap] = vld1_s8(weights + 8 * tap);
}

template <int kColumns>
CORTADO_NEON_INLINE EightChannels convolve(EightChannels acc, const int8x8_t (&x)[3][kColumns], int column,
                                           const int8x8_t (&w)[9]) {
  acc = multiply_two(acc, x[0][column], w[0], x[0][column + 1], w[1]);
  acc = multiply_two(acc, x[0][column + 2], w[2], x[1][column], w[3]);
  acc = multiply_two(acc, x[1][column + 1], w[4], x[1][column + 2], w[5]);
  acc = multiply_two(acc, x[2][column], w[6], x[2][column + 1], w[7]);
  return multiply_one(acc, x[2][column + 2], w[8]);
}

// Output pixels [begin, end), an even number, whose windows lie inside the input's width.
template <int kStride, bool kPlain>
void run_inner(const EightChannelRow& row, std::int32_t begin, std::int32_t end, std::int32_t pad_width) {
  constexpr int kColumns = 3 + kStride;
  const ChannelView<std::int8_t> channels = row.channels;
  const EightChannels bias = load_eight_biases(channels, 0);
  const EightRequantisation<kPlain> requantisation = load_eight_epilogues<kPlain>(channels, 0);
  const std::ptrdiff_t output_step = row.output_step;
  const std::int32_t count = row.count;
  int8x8_t w[9];
  load_weights(row.weights, w);
  const std::int8_t* source[3];
  std::ptrdiff_t step[3];
#pragma GCC unroll 3
  for (int ky = 0; ky < 3; ++ky) {
    step[ky] = row.input.step[ky];
    source[ky] = row.input.start[ky] + (begin * kStride - pad_width) * step[ky];
  }
  std::int8_t* output = row.output + begin * output_step;
  for (std::int32_t x = begin; x < end; x += 2) {
    int8x8_t columns[3][kColumns];
#pragma GCC unroll 3
    for (int ky = 0; ky < 3; ++ky) {
#pragma GCC unroll 5
      for (int column = 0; column < kColumns; ++column)
        columns[ky][column] = vld1_s8(source[ky] + column * step[ky]);
      source[ky] += 2 * kStride * step[ky];
    }
    finish_eight(output, convolve(bias, columns, 0, w), requantisation, channels, count);
    finish_eight(output + output_step, convolve(bias, columns, kStride, w), requantisation, channels, count);
    output += 2 * output_step;
  }
}

// One output pixel, parts of its window in the padding.
template <bool kPlain>
void run_border(const EightChannelRow& row, std::int32_t x, std::int32_t first_column,
                std::int32_t input_width, const std::int8_t* padding) {
  int8x8_t columns[3][3];
  for (std::int32_t kx = 0; kx < 3; ++kx) {
    const std::int32_t column = first_column + kx;
    const bool inside = column >= 0 && column < input_width;
    for (int ky = 0; ky < 3; ++ky) {
      columns[ky][kx] = vld1_s8(inside ? row.input.start[ky] + column * row.input.step[ky] : padding);
    }
  }
  int8x8_t w[9];
  load_weights(row.weights, w);
  finish_eight(row.output + x * row.output_step, convolve(load_eight_biases(row.channels, 0), columns, 0, w),
               load_eight_epilogues<kPlain>(row.channels, 0), row.channels, row.count);
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
        padding_(static_cast<std::size_t>(shape.input_channels) + kBlobSlack,
                 static_cast<std::uint8_t>(shape.pad_level)) {}

  const char* name() const override { return "depthwise3x3_s8_neon"; }
  std::size_t scratch_bytes() const override { return 0; }
  std::size_t packed_bytes() const override {
    return weights_.bytes() + channels_.bytes() + padding_.bytes();
  }
  std::int32_t work_items() const override { return shape_.batch * shape_.output_height; }

  void run(const std::int8_t* input, std::int8_t* output, std::int32_t begin, std::int32_t end,
           void*) const override {
    for (std::int32_t row = begin; row < end; ++row) {
      EightChannelRow task{};
      task.input = find_rows(input, row);
      task.output =
          output + static_cast<std::ptrdiff_t>(row) * shape_.output_width * shape_.output_pixel_stride;
      task.output_step = shape_.output_pixel_stride;
      for (std::int32_t first = 0; first < shape_.output_channels; first += 8) {
        task.weights = weights_.data() + first * 9;
        task.channels = channels_.at(0, first);
        task.count = shape_.output_channels - first;
        if (task.channels.plain) {
          run_row<true>(task);
        } else {
          run_row<false>(task);
        }
        for (const std::int8_t*& start : task.input.start) start += 8;
        task.output += 8;
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
                 : padding_.data();
    }
    return rows;
  }

  template <bool kPlain>
  void run_row(const EightChannelRow& row) const {
    const std::int32_t pairs_end = inner_begin_ + (inner_end_ - inner_begin_) / 2 * 2;
    const auto border = [&](std::int32_t x) {
      run_border<kPlain>(row, x, x * kStride - shape_.pad_width, shape_.input_width, padding_.data());
    };
    for (std::int32_t x = 0; x < inner_begin_; ++x) border(x);
    run_inner<kStride, kPlain>(row, inner_begin_, pairs_end, shape_.pad_width);
    for (std::int32_t x = pairs_end; x < shape_.output_width; ++x) border(x);
  }

  ConvolutionShape shape_;
  std::int32_t inner_begin_, inner_end_;  // output columns whose windows lie inside the input's width
  AlignedBuffer<std::int8_t> weights_;
  ChannelParameters<RequantisationS8> channels_;
  AlignedBuffer<std::int8_t> padding_;
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
