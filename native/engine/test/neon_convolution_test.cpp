// Every NEON kernel that this CPU can run, over a grid and over random shapes, against the plain computation.
// What a failure needs to be repeated is printed: the kernel and all parameters of the case.
#include <gtest/gtest.h>
#include <sys/auxv.h>

#include <cstring>
#include <map>

#include "kernels/neon/aligned_buffer.h"
#include "kernels/neon/kernels.h"
#include "neon_convolution_case.h"

namespace cortado::test {
namespace {

// Not the engine's own detection: the kernel's word to the program, bits by their numbers in Linux's hwcap.h.
CpuFeatures this_cpu() {
  CpuFeatures features;
#if defined(__aarch64__)
  features.neon = true;
  features.dotprod = (getauxval(AT_HWCAP) >> 20 & 1) != 0;
  features.i8mm = (getauxval(AT_HWCAP2) >> 13 & 1) != 0;
#else
  features.neon = (getauxval(AT_HWCAP) >> 12 & 1) != 0;
#endif
  return features;
}

// Runs [begin, end) with scratch of just the size asked for, filled with 0x80, and looks behind it.
template <typename Output>
void run_piece(const Int8Convolution<Output>& convolution, const ConvolutionCase& c, Output* output,
               std::int32_t begin, std::int32_t end) {
  const std::size_t bytes = convolution.scratch_bytes();
  neon::AlignedBuffer<std::uint8_t> scratch(bytes + 64);
  std::memset(scratch.data(), 0x80, bytes + 64);
  convolution.run(c.input(), output, begin, end, scratch.data());
  for (std::size_t i = bytes; i < bytes + 64; ++i)
    ASSERT_EQ(scratch.data()[i], 0x80) << "scratch overrun at " << i;
}

template <typename Output>
std::string difference(const Output* output, const std::vector<Output>& expected,
                       const ConvolutionShape& shape) {
  std::ostringstream text;
  text << std::hexfloat;
  int shown = 0;
  for (std::size_t i = 0; i < expected.size() && shown < 8; ++i) {
    if (std::memcmp(output + i, &expected[i], sizeof(Output)) == 0) continue;
    ++shown;
    const std::size_t stride = static_cast<std::size_t>(shape.output_pixel_stride);
    text << "\n  pixel " << i / stride << " channel " << i % stride << ": " << +output[i] << ", expected "
         << +expected[i];
  }
  return text.str();
}

// Bit by bit, at once and in pieces.
template <typename Output>
void check(const char* name, const Int8Convolution<Output>& convolution, const ConvolutionCase& c,
           const std::vector<Output>& expected) {
  SCOPED_TRACE(std::string(name) + ": " + c.parameters().text());
  const ConvolutionShape& shape = c.parameters().shape;
  EXPECT_STREQ(convolution.name(), name);
  const std::size_t size = expected.size() * sizeof(Output);
  const std::int32_t items = convolution.work_items();
  const GuardedMemory memory(size);
  Output* const output = reinterpret_cast<Output*>(memory.data());

  std::memset(output, ConvolutionCase::kGuard, size);
  run_piece(convolution, c, output, 0, items);
  ASSERT_EQ(std::memcmp(output, expected.data(), size), 0) << difference(output, expected, shape);

  std::memset(output, ConvolutionCase::kGuard, size);
  for (std::int32_t begin = items; begin > 0;) {
    const std::int32_t first =
        begin - std::min(begin, 1 + static_cast<std::int32_t>(c.parameters().seed % 3));
    run_piece(convolution, c, output, first, begin);
    begin = first;
  }
  ASSERT_EQ(std::memcmp(output, expected.data(), size), 0)
      << "in pieces:" << difference(output, expected, shape);
}

class NeonConvolution : public testing::Test {
 protected:
  void run(const CaseParameters& parameters) {
    const ConvolutionCase c(parameters);
    run(c, c.requantisation(), c.expected());
    if (!HasFatalFailure()) run(c, c.dequantisation(), c.expected_f32());
  }

  template <typename Epilogue>
  void expect_all_reached() const {
    for (const auto& kernel : neon::candidates<Epilogue>()) {
      if (!kernel.runs_on(features_)) continue;
      const auto cases = cases_.find(kernel.name);
      EXPECT_TRUE(cases != cases_.end() && cases->second > 4) << kernel.name;
    }
  }

  const CpuFeatures features_ = this_cpu();

 private:
  template <typename Epilogue, typename Output>
  void run(const ConvolutionCase& c, const Epilogue& epilogue, const std::vector<Output>& expected) {
    const ConvolutionShape& shape = c.parameters().shape;
    // The portable backend gives the same bytes.
    const auto reference = make_reference_convolution_s8(shape, c.weights(), c.bias(), epilogue);
    check(reference->name(), *reference, c, expected);
    bool first = true;
    for (const auto& kernel : neon::candidates<Epilogue>()) {
      if (!kernel.runs_on(features_)) continue;
      const auto convolution = kernel.make(shape, c.weights(), c.bias(), epilogue);
      if (!convolution) continue;
      ++cases_[kernel.name];
      check(kernel.name, *convolution, c, expected);
      if (!first) continue;
      first = false;
      const auto chosen = make_neon_convolution_s8(features_, shape, c.weights(), c.bias(), epilogue);
      ASSERT_NE(chosen, nullptr);
      EXPECT_STREQ(chosen->name(), kernel.name);
    }
    ASSERT_FALSE(first) << "no kernel takes " << c.parameters().text();
  }

  std::map<std::string, int> cases_;
};

// Extents of the output as Caffe computes them.
void complete(ConvolutionShape& shape) {
  const auto extent = [](int input, int kernel, int stride, int pad, int dilation) {
    return (input + 2 * pad - (dilation * (kernel - 1) + 1)) / stride + 1;
  };
  shape.output_height = extent(shape.input_height, shape.kernel_height, shape.stride_height, shape.pad_height,
                               shape.dilation_height);
  shape.output_width = extent(shape.input_width, shape.kernel_width, shape.stride_width, shape.pad_width,
                              shape.dilation_width);
}

ConvolutionShape square(int size, int inputs, int outputs, int kernel, int stride, int pad, int group) {
  ConvolutionShape shape{1,      size, size, inputs, 0, 0,     outputs, kernel,  kernel, stride,
                         stride, pad,  pad,  1,      1, group, inputs,  outputs, 0};
  complete(shape);
  return shape;
}

TEST_F(NeonConvolution, GridOfChannelsAndKernels) {
  std::uint32_t seed = 1;
  for (const int inputs : {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 28, 31, 32, 33, 48, 52}) {
    for (const int outputs : {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 33}) {
      const int kernel = seed % 4 == 0 ? 3 : 1;
      CaseParameters parameters;
      parameters.shape = square(3, inputs, outputs, kernel, 1, kernel / 2, 1);
      parameters.requantising = static_cast<Requantising>(seed % 3);
      parameters.seed = seed++;
      run(parameters);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(NeonConvolution, GridOfStridesAndPads) {
  std::uint32_t seed = 1000;
  for (const int kernel : {1, 2, 3, 5, 7}) {
    for (const int stride : {1, 2, 3}) {
      for (int pad = 0; pad < kernel; ++pad) {
        for (const int channels : {3, 16, 21}) {
          CaseParameters parameters;
          parameters.shape = square(8, channels, 10, kernel, stride, pad, 1);
          parameters.seed = seed++;
          run(parameters);
          parameters.shape = square(8, channels, channels, kernel, stride, pad, channels);
          parameters.seed = seed++;
          run(parameters);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST_F(NeonConvolution, DepthwiseOfEverySize) {
  std::uint32_t seed = 2000;
  for (int size = 1; size <= 9; ++size) {
    for (const int stride : {1, 2}) {
      for (const int pad : {0, 1, 2}) {
        if (size + 2 * pad < 3) continue;
        for (const int channels : {1, 7, 8, 9, 16, 19}) {
          CaseParameters parameters;
          parameters.shape = square(size, channels, channels, 3, stride, pad, channels);
          parameters.requantising = static_cast<Requantising>(seed % 3);
          parameters.seed = seed++;
          run(parameters);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST_F(NeonConvolution, FullyConnected) {
  std::uint32_t seed = 3000;
  for (const int size : {1, 2, 5}) {
    for (const int inputs : {1, 6, 16, 19, 50}) {
      for (const int outputs : {1, 7, 8, 10, 16, 35}) {
        for (const int batch : {1, 3, 20}) {
          CaseParameters parameters;
          parameters.shape = square(size, inputs, outputs, size, 1, 0, 1);
          parameters.shape.batch = batch;
          parameters.shape.input_pixel_stride += seed % 3;
          parameters.requantising = static_cast<Requantising>(seed / 2 % 3);
          parameters.seed = seed++;
          run(parameters);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

// All products at their largest, and accumulators that reach the ends of int32 through every pair of shifts.
TEST_F(NeonConvolution, Extremes) {
  std::uint32_t seed = 4000;
  for (int i = 0; i < 120; ++i) {
    CaseParameters parameters;
    const int group = i % 2 == 0 ? 1 : 24;
    parameters.shape = square(5, i % 5 == 0 ? 96 : 24, 24, i % 4 < 2 ? 3 : 1, 1, i % 4 < 2 ? 1 : 0, group);
    if (group > 1) parameters.shape = square(5, 24, 24, 3, 1 + i % 3, 1, group);
    parameters.values = i % 3 < 2 ? Values::kExtreme : Values::kRandom;
    parameters.large_bias = i % 2 == i / 10 % 2;
    parameters.requantising = static_cast<Requantising>(i / 2 % 3);
    if (i % 7 == 0) parameters.low = 0;
    if (i % 11 == 0) parameters.high = 42;
    if (i % 3 == 0) parameters.zero = static_cast<std::int8_t>(i % 2 == 0 ? -90 : 35);
    parameters.seed = seed++;
    run(parameters);
    if (HasFatalFailure()) return;
  }
}

CaseParameters random_case(std::uint32_t seed) {
  std::mt19937 random(seed * 7919 + 17);
  const auto uniform = [&random](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  CaseParameters parameters;
  ConvolutionShape& shape = parameters.shape;
  shape.batch = uniform(0, 3) == 0 ? 2 : 1;
  shape.group = uniform(0, 2) == 0 ? uniform(2, 20) : 1;
  const int group_inputs = shape.group > 1 && uniform(0, 1) == 0 ? 1 : uniform(1, shape.group > 1 ? 20 : 70);
  const int group_outputs = shape.group > 1 && uniform(0, 1) == 0 ? 1 : uniform(1, shape.group > 1 ? 9 : 40);
  shape.input_channels = group_inputs * shape.group;
  shape.output_channels = group_outputs * shape.group;
  shape.kernel_height = uniform(0, 1) == 0 ? 3 : uniform(1, 5);
  shape.kernel_width = uniform(0, 1) == 0 ? shape.kernel_height : uniform(1, 5);
  shape.stride_height = uniform(1, 3);
  shape.stride_width = uniform(0, 2) == 0 ? uniform(1, 3) : shape.stride_height;
  shape.dilation_height = uniform(0, 3) == 0 ? uniform(1, 3) : 1;
  shape.dilation_width = uniform(0, 3) == 0 ? uniform(1, 3) : shape.dilation_height;
  shape.pad_height = uniform(0, 3);
  shape.pad_width = uniform(0, 1) == 0 ? shape.pad_height : uniform(0, 3);
  shape.pad_level = static_cast<std::int8_t>(uniform(0, 1) * uniform(-127, 127));
  const int least_height =
      std::max(1, shape.dilation_height * (shape.kernel_height - 1) + 1 - 2 * shape.pad_height);
  const int least_width =
      std::max(1, shape.dilation_width * (shape.kernel_width - 1) + 1 - 2 * shape.pad_width);
  shape.input_height = uniform(least_height, least_height + 6);
  shape.input_width = uniform(least_width, least_width + 12);
  complete(shape);
  shape.input_pixel_stride = shape.input_channels + (uniform(0, 1) == 0 ? uniform(1, 40) : 0);
  shape.output_pixel_stride = shape.output_channels + (uniform(0, 1) == 0 ? uniform(1, 40) : 0);
  parameters.values = uniform(0, 4) == 0 ? Values::kExtreme : Values::kRandom;
  parameters.requantising = static_cast<Requantising>(uniform(0, 2));
  parameters.large_bias = uniform(0, 3) == 0;
  parameters.low = static_cast<std::int8_t>(uniform(0, 2) == 0 ? 0 : -127);
  parameters.high = static_cast<std::int8_t>(uniform(0, 3) == 0 ? uniform(1, 126) : 127);
  parameters.zero = static_cast<std::int8_t>(uniform(0, 1) * uniform(-127, 127));
  parameters.seed = seed;
  return parameters;
}

TEST_F(NeonConvolution, RandomShapes) {
  for (std::uint32_t seed = 1; seed <= 2000; ++seed) {
    run(random_case(seed));
    if (HasFatalFailure()) return;
  }
  // A kernel that no case reached would be untested.
  expect_all_reached<RequantisationS8>();
  expect_all_reached<DequantisationF32>();
}

// Factors and slopes near the smallest floats and beyond the largest: either the reference's bits or no
// kernel.
TEST_F(NeonConvolution, FloatsThatTheVectorUnitTreatsApart) {
  CaseParameters parameters;
  parameters.shape = square(3, 4, 6, 1, 1, 0, 1);
  const ConvolutionCase c(parameters);
  const auto chosen = [&](float factor, const float* slope) {
    SCOPED_TRACE(testing::Message() << "factor " << factor << ", slope " << (slope ? *slope : 0));
    const std::vector<float> factors(6, factor);
    DequantisationF32 dequantisation{factors.data(), {}};
    if (slope != nullptr) dequantisation.activation = {ActivationKind::kLeaky, {slope, 1}};
    const auto neon =
        make_neon_convolution_s8(features_, parameters.shape, c.weights(), c.bias(), dequantisation);
    if (!neon) return false;
    const auto reference =
        make_reference_convolution_s8(parameters.shape, c.weights(), c.bias(), dequantisation);
    std::vector<float> expected(c.expected_f32().size());
    run_piece(*reference, c, expected.data(), 0, reference->work_items());
    check(neon->name(), *neon, c, expected);
    return true;
  };
#if defined(__aarch64__)
  constexpr bool kSubnormals = true;
#else
  constexpr bool kSubnormals = false;
#endif
  const float small = 2e-38F, smaller = 1e-39F, half = 0.5F, one = 1, zero = 0, infinite = INFINITY;
  EXPECT_TRUE(chosen(small, nullptr));
  EXPECT_TRUE(chosen(small, &one));
  EXPECT_TRUE(chosen(small, &zero));
  EXPECT_TRUE(chosen(zero, &half));
  EXPECT_EQ(chosen(smaller, nullptr), kSubnormals);
  EXPECT_EQ(chosen(small, &half), kSubnormals);
  EXPECT_EQ(chosen(one, &smaller), kSubnormals);
  EXPECT_FALSE(chosen(infinite, nullptr));
  EXPECT_FALSE(chosen(NAN, nullptr));
  EXPECT_FALSE(chosen(one, &infinite));
}

TEST_F(NeonConvolution, NothingWithoutNeon) {
  CaseParameters parameters;
  parameters.shape = square(3, 4, 4, 1, 1, 0, 1);
  const ConvolutionCase c(parameters);
  EXPECT_EQ(
      make_neon_convolution_s8(CpuFeatures{}, parameters.shape, c.weights(), c.bias(), c.requantisation()),
      nullptr);
  EXPECT_EQ(
      make_neon_convolution_s8(CpuFeatures{}, parameters.shape, c.weights(), c.bias(), c.dequantisation()),
      nullptr);
}

}  // namespace
}  // namespace cortado::test
