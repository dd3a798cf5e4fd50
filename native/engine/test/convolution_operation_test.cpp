// Convolutions, built into a package with what their definition says as the golden output, read back and run.
// Shapes and values are seeded; a failure prints the seed.
#include <gtest/gtest.h>

#include "half.h"
#include "naive.h"
#include "operation_case.h"

namespace cortado {
namespace {

using format::DataType;
using test::Array;
using test::bytes_of;
using test::Case;
using test::for_seeds;
using test::PackageBuilder;
using test::Random;
using test::random_activation;
using test::random_float;
using test::random_int8;
using test::random_requantisation;

// A convolution's spec and extents from one of the kernels' random shapes.
struct ConvolutionCase {
  ConvolutionShape shape;
  Extents in, out;
  PackageBuilder::ConvolutionSpec spec;

  explicit ConvolutionCase(Random& random) : shape(test::random_shape(random)) {
    const ConvolutionShape& s = shape;
    in = {s.batch, s.input_channels, s.input_height, s.input_width};
    out = {s.batch, s.output_channels, s.output_height, s.output_width};
    spec.window = {s.kernel_height, s.kernel_width, s.stride_height,   s.stride_width,
                   s.pad_height,    s.pad_width,    s.dilation_height, s.dilation_width};
    spec.group = static_cast<std::uint32_t>(s.group);
  }
};

TEST(Operations, Int8Convolution) {
  for_seeds(150, [](Case& c) {
    ConvolutionCase conv(c.random);
    const bool to_float = c.random.chance(40);
    conv.spec.pad_level = conv.shape.pad_level;
    const Array<std::int8_t> in = random_int8(c.random, conv.in);
    std::vector<std::int8_t> weights(test::weight_elements(conv.shape));
    for (auto& w : weights) w = c.random.int8();
    for (std::int32_t o = 0; o < conv.out.channels; ++o) {
      conv.spec.bias32.push_back(c.random.between(-50000, 50000));
      if (to_float) conv.spec.output_factor.push_back(c.random.real() / 1000);
    }
    conv.spec.weights = bytes_of(weights);
    Array<std::int8_t> int8_out(conv.out);
    Array<float> float_out(conv.out);
    if (to_float) {
      conv.spec.activation = random_activation(c.random, conv.out.channels);
    } else {
      conv.spec.requantisation = random_requantisation(c.random, conv.out.channels, 14);
    }
    test::for_each_position(conv.out, [&](std::int32_t n, std::int32_t o, std::int32_t y, std::int32_t x) {
      const auto channel = static_cast<std::size_t>(o);
      const std::int64_t acc =
          conv.spec.bias32[channel] + test::convolve<std::int64_t>(in, weights, conv.spec.window,
                                                                   conv.shape.group, conv.out.channels,
                                                                   conv.spec.pad_level, n, o, y, x);
      if (to_float) {
        const double value = static_cast<double>(acc) * static_cast<double>(conv.spec.output_factor[channel]);
        float_out.at(n, o, y, x) = static_cast<float>(test::activate(conv.spec.activation, value, o));
      } else {
        int8_out.at(n, o, y, x) = test::requantise(conv.spec.requantisation, acc, channel);
      }
    });
    conv.spec.input = c.input(in);
    conv.spec.output = to_float ? c.output(float_out) : c.output(int8_out);
    c.package.convolution("convolution", conv.spec);
  });
}

TEST(Operations, FloatConvolution) {
  for_seeds(150, [](Case& c) {
    ConvolutionCase conv(c.random);
    const Array<float> in = random_float(c.random, conv.in);
    std::vector<float> weights(test::weight_elements(conv.shape));
    for (std::int32_t o = 0; o < conv.out.channels; ++o) conv.spec.bias_float.push_back(c.random.real());
    if (c.random.chance(40)) {
      std::vector<std::uint16_t> halves;
      for (auto& w : weights) {
        halves.push_back(
            static_cast<std::uint16_t>(c.random.between(0, 0x3C00) | c.random.between(0, 1) << 15));
        w = half_to_float(halves.back());
      }
      conv.spec.weight_type = DataType::Float16;
      conv.spec.weights = bytes_of(halves);
    } else {
      for (auto& w : weights) w = c.random.real();
      conv.spec.weight_type = DataType::Float32;
      conv.spec.weights = bytes_of(weights);
    }
    conv.spec.activation = random_activation(c.random, conv.out.channels);
    Array<float> out(conv.out);
    test::for_each_position(conv.out, [&](std::int32_t n, std::int32_t o, std::int32_t y, std::int32_t x) {
      const double value = static_cast<double>(conv.spec.bias_float[static_cast<std::size_t>(o)]) +
                           test::convolve<double>(in, weights, conv.spec.window, conv.shape.group,
                                                  conv.out.channels, 0.0F, n, o, y, x);
      out.at(n, o, y, x) = static_cast<float>(test::activate(conv.spec.activation, value, o));
    });
    conv.spec.input = c.input(in);
    conv.spec.output = c.output(out);
    c.package.convolution("convolution", conv.spec);
  });
}

}  // namespace
}  // namespace cortado
