#include "kernels/reference/accumulator_s8.h"

#include <algorithm>
#include <cstring>

namespace cortado {
namespace {

constexpr std::int32_t kChannelBlock = 16;

std::size_t size(std::int32_t value) { return static_cast<std::size_t>(value); }

// Four sums over one row of weights; the compiler turns this into multiply-accumulate instructions.
void dot_4_pixels(const std::int16_t* patches, const std::int8_t* weights, std::size_t depth,
                  std::int32_t bias, std::int32_t* sums) {
  const std::int16_t* p0 = patches;
  const std::int16_t* p1 = patches + depth;
  const std::int16_t* p2 = patches + 2 * depth;
  const std::int16_t* p3 = patches + 3 * depth;
  std::int32_t s0 = 0;
  std::int32_t s1 = 0;
  std::int32_t s2 = 0;
  std::int32_t s3 = 0;
  for (std::size_t k = 0; k < depth; ++k) {
    const std::int16_t w = weights[k];
    s0 += p0[k] * w;
    s1 += p1[k] * w;
    s2 += p2[k] * w;
    s3 += p3[k] * w;
  }
  sums[0] = bias + s0;
  sums[1] = bias + s1;
  sums[2] = bias + s2;
  sums[3] = bias + s3;
}

std::int32_t dot(const std::int16_t* patch, const std::int8_t* weights, std::size_t depth,
                 std::int32_t bias) {
  std::int32_t sum = 0;
  for (std::size_t k = 0; k < depth; ++k) sum += patch[k] * weights[k];
  return bias + sum;
}

}  // namespace

AccumulatorS8::AccumulatorS8(const ConvolutionShape& shape, const std::int8_t* weights,
                             const std::int32_t* bias)
    : shape_(shape),
      group_inputs_(shape.input_channels / shape.group),
      group_outputs_(shape.output_channels / shape.group),
      depth_((size(shape.kernel_height) * size(shape.kernel_width) * size(group_inputs_) + 15) / 16 * 16),
      bias_(bias, bias + shape.output_channels),
      padding_(depthwise() ? size(shape.input_channels) : 0, shape.pad_level) {
  const std::size_t kernel = size(shape.kernel_height) * size(shape.kernel_width);
  const std::size_t inputs = size(group_inputs_);
  const std::size_t outputs = size(shape.output_channels);
  weights_.assign(depthwise() ? kernel * outputs : outputs * depth_, 0);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) {
      for (std::size_t k = 0; k < kernel; ++k) {
        const std::size_t to = depthwise() ? k * outputs + o : o * depth_ + k * inputs + i;
        weights_[to] = weights[(o * inputs + i) * kernel + k];
      }
    }
  }
}

bool AccumulatorS8::one_pixel() const {
  return shape_.batch == 1 && shape_.output_height == 1 && shape_.output_width == 1;
}

bool AccumulatorS8::depthwise() const { return group_inputs_ == 1 && group_outputs_ == 1; }

std::size_t AccumulatorS8::scratch_bytes() const {
  return kPixels * (depth_ * sizeof(std::int16_t) + size(shape_.output_channels) * sizeof(std::int32_t));
}

std::size_t AccumulatorS8::packed_bytes() const {
  return weights_.size() + bias_.size() * sizeof(std::int32_t);
}

std::int32_t AccumulatorS8::work_items() const {
  return one_pixel() ? (shape_.output_channels + kChannelBlock - 1) / kChannelBlock
                     : shape_.batch * shape_.output_height;
}

AccumulatorS8::Piece AccumulatorS8::piece_of(std::int32_t item) const {
  if (!one_pixel()) return {item, 0, shape_.output_channels};
  return {0, item * kChannelBlock, std::min((item + 1) * kChannelBlock, shape_.output_channels)};
}

// Copies the input under the kernel at one output pixel, the padding's level where it is outside, in the
// order of the weights.
void AccumulatorS8::gather(const std::int8_t* input, std::int32_t row, std::int32_t x, std::int32_t group,
                           std::int16_t* patch) const {
  const std::int32_t image = row / shape_.output_height;
  const std::int32_t top = row % shape_.output_height * shape_.stride_height - shape_.pad_height;
  const std::int32_t left = x * shape_.stride_width - shape_.pad_width;
  const std::size_t row_products = size(shape_.kernel_width) * size(group_inputs_);
  std::int16_t* to = patch;
  for (std::int32_t kh = 0; kh < shape_.kernel_height; ++kh, to += row_products) {
    const std::int32_t iy = top + kh * shape_.dilation_height;
    if (iy < 0 || iy >= shape_.input_height) {
      std::fill_n(to, row_products, std::int16_t{shape_.pad_level});
    } else {
      const std::ptrdiff_t pixels =
          (static_cast<std::ptrdiff_t>(image) * shape_.input_height + iy) * shape_.input_width;
      gather_row(input + pixels * shape_.input_pixel_stride + group * group_inputs_, left, to);
    }
  }
  std::fill(to, patch + depth_, std::int16_t{0});
}

// One row of the kernel. `input`: the row's first pixel.
void AccumulatorS8::gather_row(const std::int8_t* input, std::int32_t left, std::int16_t* to) const {
  const bool whole =
      left >= 0 && left + shape_.kernel_width <= shape_.input_width && shape_.dilation_width == 1;
  if (whole && shape_.input_pixel_stride == group_inputs_) {
    const std::int8_t* from = input + left * shape_.input_pixel_stride;
    const std::size_t products = size(shape_.kernel_width) * size(group_inputs_);
    for (std::size_t i = 0; i < products; ++i) to[i] = from[i];
    return;
  }
  const std::size_t inputs = size(group_inputs_);
  for (std::int32_t kw = 0; kw < shape_.kernel_width; ++kw, to += inputs) {
    const std::int32_t ix = left + kw * shape_.dilation_width;
    if (ix < 0 || ix >= shape_.input_width) {
      std::fill_n(to, inputs, std::int16_t{shape_.pad_level});
    } else {
      const std::int8_t* from = input + ix * shape_.input_pixel_stride;
      for (std::size_t i = 0; i < inputs; ++i) to[i] = from[i];
    }
  }
}

const std::int32_t* AccumulatorS8::tile(const std::int8_t* input, const Piece& piece, std::int32_t x,
                                        std::int32_t pixels, void* scratch) const {
  auto* accumulators = static_cast<std::int32_t*>(scratch);
  if (depthwise()) {
    tile_depthwise(input, piece, x, pixels, accumulators);
    return accumulators;
  }
  auto* patches =
      reinterpret_cast<std::int16_t*>(accumulators + size(kPixels) * size(shape_.output_channels));
  const std::size_t channels = size(piece.last_channel - piece.first_channel);
  for (std::int32_t c = piece.first_channel; c < piece.last_channel;) {
    const std::int32_t group = c / group_outputs_;
    const std::int32_t group_end = std::min(piece.last_channel, (group + 1) * group_outputs_);
    for (std::int32_t p = 0; p < pixels; ++p)
      gather(input, piece.row, x + p, group, patches + size(p) * depth_);
    for (; c < group_end; ++c) {
      const std::int8_t* weights = weights_.data() + size(c) * depth_;
      std::int32_t* to = accumulators + (c - piece.first_channel);
      if (pixels == kPixels) {
        std::int32_t sums[kPixels];
        dot_4_pixels(patches, weights, depth_, bias_[size(c)], sums);
        for (std::size_t p = 0; p < size(kPixels); ++p) to[p * channels] = sums[p];
      } else {
        for (std::size_t p = 0; p < size(pixels); ++p) {
          to[p * channels] = dot(patches + p * depth_, weights, depth_, bias_[size(c)]);
        }
      }
    }
  }
  return accumulators;
}

void AccumulatorS8::tile_depthwise(const std::int8_t* input, const Piece& piece, std::int32_t x,
                                   std::int32_t pixels, std::int32_t* accumulators) const {
  const std::int32_t image = piece.row / shape_.output_height;
  const std::int32_t top = piece.row % shape_.output_height * shape_.stride_height - shape_.pad_height;
  const std::size_t channels = size(piece.last_channel - piece.first_channel);
  for (std::int32_t p = 0; p < pixels; ++p) {
    std::int32_t* sums = accumulators + size(p) * channels;
    std::copy_n(bias_.data() + piece.first_channel, channels, sums);
    const std::int32_t left = (x + p) * shape_.stride_width - shape_.pad_width;
    for (std::int32_t kh = 0; kh < shape_.kernel_height; ++kh) {
      const std::int32_t iy = top + kh * shape_.dilation_height;
      for (std::int32_t kw = 0; kw < shape_.kernel_width; ++kw) {
        const std::int32_t ix = left + kw * shape_.dilation_width;
        const bool inside = iy >= 0 && iy < shape_.input_height && ix >= 0 && ix < shape_.input_width;
        const std::ptrdiff_t pixel =
            (static_cast<std::ptrdiff_t>(image) * shape_.input_height + iy) * shape_.input_width + ix;
        const std::int8_t* from =
            (inside ? input + pixel * shape_.input_pixel_stride : padding_.data()) + piece.first_channel;
        const std::int8_t* weights =
            weights_.data() + size(kh * shape_.kernel_width + kw) * bias_.size() + piece.first_channel;
        for (std::size_t c = 0; c < channels; ++c) sums[c] += from[c] * weights[c];
      }
    }
  }
}

}  // namespace cortado
