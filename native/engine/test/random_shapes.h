// Seeded shapes and values for the kernels' tests.
#pragma once

#include <cstdint>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "kernels/convolution.h"

namespace cortado::test {

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::int32_t between(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(engine_() % static_cast<std::uint32_t>(high - low + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  std::int8_t int8() { return static_cast<std::int8_t>(between(-127, 127)); }
  float real() { return static_cast<float>(between(-1000, 1000)) / 500.0F; }

 private:
  std::mt19937 engine_;
};

// A convolution whose kernel fits its padded input; grouped, depthwise, dilated, fully connected ones all
// occur.
inline ConvolutionShape random_shape(Random& random) {
  ConvolutionShape s{};
  s.batch = random.chance(20) ? 2 : 1;
  s.kernel_height = random.between(1, 4);
  s.kernel_width = random.chance(70) ? s.kernel_height : random.between(1, 4);
  s.stride_height = random.between(1, 3);
  s.stride_width = random.chance(80) ? s.stride_height : random.between(1, 3);
  s.pad_height = random.between(0, 2);
  s.pad_width = random.chance(80) ? s.pad_height : random.between(0, 2);
  s.pad_level = random.chance(50) ? std::int8_t{0} : random.int8();
  s.dilation_height = random.chance(75) ? 1 : 2;
  s.dilation_width = s.dilation_height;
  const std::int32_t extent_h = (s.kernel_height - 1) * s.dilation_height + 1;
  const std::int32_t extent_w = (s.kernel_width - 1) * s.dilation_width + 1;
  s.input_height = std::max(1, extent_h - 2 * s.pad_height) + random.between(0, 6);
  s.input_width = std::max(1, extent_w - 2 * s.pad_width) + random.between(0, 9);
  s.group = random.chance(60) ? 1 : random.between(1, 20);
  const bool depthwise = random.chance(50);
  s.input_channels = s.group * (s.group > 1 && depthwise ? 1 : random.between(1, 24));
  s.output_channels = s.group * (s.group > 1 && depthwise ? 1 : random.between(1, 24));
  if (random.chance(10)) {  // fully connected
    s.batch = s.group = s.stride_height = s.stride_width = s.dilation_height = s.dilation_width = 1;
    s.pad_height = s.pad_width = 0;
    s.kernel_height = s.input_height;
    s.kernel_width = s.input_width;
    s.output_channels = random.between(1, 50);
  }
  s.output_height =
      (s.input_height + 2 * s.pad_height - (s.kernel_height - 1) * s.dilation_height - 1) / s.stride_height +
      1;
  s.output_width =
      (s.input_width + 2 * s.pad_width - (s.kernel_width - 1) * s.dilation_width - 1) / s.stride_width + 1;
  s.input_pixel_stride = s.input_channels + (random.chance(30) ? random.between(1, 9) : 0);
  s.output_pixel_stride = s.output_channels + (random.chance(30) ? random.between(1, 9) : 0);
  return s;
}

inline std::string describe(const ConvolutionShape& s) {
  std::ostringstream text;
  text << s.batch << "x" << s.input_height << "x" << s.input_width << "x" << s.input_channels << " -> "
       << s.output_height << "x" << s.output_width << "x" << s.output_channels << ", kernel "
       << s.kernel_height << "x" << s.kernel_width << ", stride " << s.stride_height << "x" << s.stride_width
       << ", pad " << s.pad_height << "x" << s.pad_width << " of " << int{s.pad_level} << ", dilation "
       << s.dilation_height << "x" << s.dilation_width << ", group " << s.group << ", pixel strides "
       << s.input_pixel_stride << ", " << s.output_pixel_stride;
  return text.str();
}

// Calls add(input index, weight index) for each product of one output value, in Caffe's terms, the padding's
// included: their input index is kInPadding. Indices are of the NHWC input with its pixel stride, and of the
// O x I x H x W weights.
inline constexpr std::size_t kInPadding = SIZE_MAX;

template <typename Add>
void for_each_product(const ConvolutionShape& s, std::int32_t n, std::int32_t oy, std::int32_t ox,
                      std::int32_t oc, const Add& add) {
  const std::int32_t group_inputs = s.input_channels / s.group;
  const std::int32_t first_input = oc / (s.output_channels / s.group) * group_inputs;
  for (std::int32_t i = 0; i < group_inputs; ++i) {
    for (std::int32_t kh = 0; kh < s.kernel_height; ++kh) {
      for (std::int32_t kw = 0; kw < s.kernel_width; ++kw) {
        const std::int32_t iy = oy * s.stride_height - s.pad_height + kh * s.dilation_height;
        const std::int32_t ix = ox * s.stride_width - s.pad_width + kw * s.dilation_width;
        const bool inside = iy >= 0 && ix >= 0 && iy < s.input_height && ix < s.input_width;
        const std::ptrdiff_t pixel =
            (static_cast<std::ptrdiff_t>(n) * s.input_height + iy) * s.input_width + ix;
        add(inside ? static_cast<std::size_t>(pixel * s.input_pixel_stride + first_input + i) : kInPadding,
            static_cast<std::size_t>(((oc * group_inputs + i) * s.kernel_height + kh) * s.kernel_width + kw));
      }
    }
  }
}

inline std::size_t input_elements(const ConvolutionShape& s) {
  return static_cast<std::size_t>(s.batch * s.input_height * s.input_width * s.input_pixel_stride) +
         kBlobSlack;
}

inline std::size_t output_pixels(const ConvolutionShape& s) {
  return static_cast<std::size_t>(s.batch * s.output_height * s.output_width);
}

inline std::size_t weight_elements(const ConvolutionShape& s) {
  return static_cast<std::size_t>(s.output_channels * (s.input_channels / s.group) * s.kernel_height *
                                  s.kernel_width);
}

}  // namespace cortado::test
