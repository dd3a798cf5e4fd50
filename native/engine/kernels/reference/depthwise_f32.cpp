#include "kernels/reference/depthwise_f32.h"

#include <algorithm>

#include "kernels/reference/activation_f32.h"

namespace cortado {

DepthwiseF32::DepthwiseF32(const ConvolutionShape& shape, const float* weights, const float* bias,
                           const Activation& activation)
    : shape_(shape), activation_(activation), bias_(bias, bias + shape.output_channels) {
  const auto kernel =
      static_cast<std::size_t>(shape.kernel_height) * static_cast<std::size_t>(shape.kernel_width);
  weights_.resize(kernel * bias_.size());
  for (std::size_t c = 0; c < bias_.size(); ++c) {
    for (std::size_t k = 0; k < kernel; ++k) weights_[k * bias_.size() + c] = weights[c * kernel + k];
  }
}

void DepthwiseF32::run(const float* input, float* output, std::int32_t begin, std::int32_t end) const {
  for (std::int32_t row = begin; row < end; ++row) {
    for (std::int32_t x = 0; x < shape_.output_width; ++x) {
      float* sums =
          output + (static_cast<std::ptrdiff_t>(row) * shape_.output_width + x) * shape_.output_pixel_stride;
      run_pixel(input, sums, row, x);
      activate(activation_, sums, 0, shape_.output_channels);
    }
  }
}

void DepthwiseF32::run_pixel(const float* input, float* sums, std::int32_t row, std::int32_t x) const {
  const std::int32_t image = row / shape_.output_height;
  const std::int32_t top = row % shape_.output_height * shape_.stride_height - shape_.pad_height;
  const std::int32_t left = x * shape_.stride_width - shape_.pad_width;
  std::copy(bias_.begin(), bias_.end(), sums);
  for (std::int32_t kh = 0; kh < shape_.kernel_height; ++kh) {
    const std::int32_t iy = top + kh * shape_.dilation_height;
    if (iy < 0 || iy >= shape_.input_height) continue;
    for (std::int32_t kw = 0; kw < shape_.kernel_width; ++kw) {
      const std::int32_t ix = left + kw * shape_.dilation_width;
      if (ix < 0 || ix >= shape_.input_width) continue;
      const std::ptrdiff_t pixel =
          (static_cast<std::ptrdiff_t>(image) * shape_.input_height + iy) * shape_.input_width + ix;
      const float* from = input + pixel * shape_.input_pixel_stride;
      const float* weights =
          weights_.data() + static_cast<std::size_t>(kh * shape_.kernel_width + kw) * bias_.size();
      for (std::size_t c = 0; c < bias_.size(); ++c) sums[c] += from[c] * weights[c];
    }
  }
}

}  // namespace cortado
