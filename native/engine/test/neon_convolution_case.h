// A convolution with all its data for the tests of the NEON kernels, and what it must give, computed the
// plain way in 64-bit integers (and for float outputs, in single floats) from the definition
// (docs/architecture.md, One arithmetic): nothing here is shared with a backend.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "kernels/convolution.h"
#include "neon_guarded_memory.h"

namespace cortado::test {

enum class Values { kRandom, kExtreme };
enum class Requantising { kRightShifts, kLeftShifts, kLeaky };
enum class Activating { kNone, kRelu, kRelu6, kLeaky, kLeakyPerChannel };

struct CaseParameters {
  ConvolutionShape shape{};
  Values values = Values::kRandom;
  Requantising requantising = Requantising::kRightShifts;
  bool large_bias = false;
  std::int8_t low = -127, high = 127, zero = 0;
  std::uint32_t seed = 0;

  // Of the float output.
  Activating activating() const { return static_cast<Activating>(seed % 5); }

  std::string text() const {
    std::ostringstream out;
    out << "batch " << shape.batch << ", input " << shape.input_height << "x" << shape.input_width << "x"
        << shape.input_channels << " (pixel stride " << shape.input_pixel_stride << "), output "
        << shape.output_height << "x" << shape.output_width << "x" << shape.output_channels
        << " (pixel stride " << shape.output_pixel_stride << "), kernel " << shape.kernel_height << "x"
        << shape.kernel_width << ", stride " << shape.stride_height << "x" << shape.stride_width << ", pad "
        << shape.pad_height << "x" << shape.pad_width << ", dilation " << shape.dilation_height << "x"
        << shape.dilation_width << ", group " << shape.group << ", values "
        << (values == Values::kExtreme ? "extreme" : "random") << ", requantising "
        << static_cast<int>(requantising) << (large_bias ? ", large bias" : "") << ", low " << int{low}
        << ", high " << int{high} << ", zero " << int{zero} << ", activating "
        << static_cast<int>(activating()) << ", seed " << seed;
    return out.str();
  }
};

class ConvolutionCase {
 public:
  static constexpr std::int8_t kGuard = 0x5A;

  explicit ConvolutionCase(const CaseParameters& parameters)
      : parameters_(parameters), random_(parameters.seed) {
    const ConvolutionShape& shape = parameters_.shape;
    make_input();
    input_memory_ = std::make_unique<GuardedMemory>(input_.size());
    std::copy(input_.begin(), input_.end(), input_memory_->data());
    const auto outputs = static_cast<std::size_t>(shape.output_channels);
    const std::size_t filter = filter_size();
    weights_.resize(outputs * filter);
    for (std::int8_t& weight : weights_) weight = value();
    for (std::size_t channel = 0; channel < outputs; ++channel) make_channel(channel, filter);
    make_factors(outputs, filter);
    compute();
  }

  const CaseParameters& parameters() const { return parameters_; }
  // Ends with its slack: a byte more must not be read.
  const std::int8_t* input() const { return input_memory_->data(); }
  const std::int8_t* weights() const { return weights_.data(); }
  const std::int32_t* bias() const { return bias_.data(); }
  RequantisationS8 requantisation() const {
    const bool leaky = parameters_.requantising == Requantising::kLeaky;
    return {multiplier_.data(),
            right_shift_.data(),
            left_shift_.data(),
            leaky ? negative_multiplier_.data() : nullptr,
            leaky ? negative_right_shift_.data() : nullptr,
            leaky ? negative_left_shift_.data() : nullptr,
            parameters_.low,
            parameters_.high,
            parameters_.zero};
  }
  // The output blob from its first byte to its last pixel's last channel, guards where no channel of this
  // blob is.
  const std::vector<std::int8_t>& expected() const { return expected_; }

  // The same sums as floats.
  DequantisationF32 dequantisation() const {
    DequantisationF32 dequantisation{factor_.data(), {}};
    Activation& activation = dequantisation.activation;
    switch (parameters_.activating()) {
      case Activating::kNone:
        break;
      case Activating::kRelu:
        activation.kind = ActivationKind::kRelu;
        break;
      case Activating::kRelu6:
        activation.kind = ActivationKind::kRelu6;
        break;
      case Activating::kLeaky:
        activation = {ActivationKind::kLeaky, {slope_.data(), 1}};
        break;
      case Activating::kLeakyPerChannel:
        activation = {ActivationKind::kLeaky, {slope_.data(), slope_.size()}};
        break;
    }
    return dequantisation;
  }
  const std::vector<float>& expected_f32() const { return expected_f32_; }

 private:
  std::int32_t uniform(std::int32_t low, std::int32_t high) {
    return std::uniform_int_distribution<std::int32_t>(low, high)(random_);
  }

  std::int8_t value() {
    if (parameters_.values == Values::kRandom) return static_cast<std::int8_t>(uniform(-127, 127));
    return static_cast<std::int8_t>(uniform(0, 3) == 0 ? -127 : 127);
  }

  std::size_t filter_size() const {
    const ConvolutionShape& shape = parameters_.shape;
    return static_cast<std::size_t>(shape.input_channels / shape.group * shape.kernel_height *
                                    shape.kernel_width);
  }

  // Channels of other blobs and the slack hold any byte, -128 too.
  void make_input() {
    const ConvolutionShape& shape = parameters_.shape;
    const auto pixels = static_cast<std::size_t>(shape.batch * shape.input_height * shape.input_width);
    const auto stride = static_cast<std::size_t>(shape.input_pixel_stride);
    const auto channels = static_cast<std::size_t>(shape.input_channels);
    input_.resize((pixels - 1) * stride + channels + kBlobSlack);
    for (std::size_t i = 0; i < input_.size(); ++i) {
      const bool own = i / stride < pixels && i % stride < channels;
      input_[i] = own ? value() : static_cast<std::int8_t>(uniform(0, 1) == 0 ? -128 : uniform(-128, 127));
    }
  }

  void make_channel(std::size_t channel, std::size_t filter) {
    std::int64_t reach = 0;
    for (std::size_t i = 0; i < filter; ++i) reach += 127 * std::abs(int{weights_[channel * filter + i]});
    const auto limit = static_cast<std::int32_t>(2147483647 - reach);
    const std::int32_t bias = uniform(-limit, limit);
    bias_.push_back(parameters_.large_bias ? bias : static_cast<std::int32_t>(bias % (reach / 4 + 1)));
    multiplier_.push_back(static_cast<std::uint16_t>(uniform(1 << 14, (1 << 15) - 1)));
    negative_multiplier_.push_back(static_cast<std::int16_t>(uniform(-(1 << 15) + 1, (1 << 15) - 1)));
    make_shifts(parameters_.large_bias ? 2147483647 : reach, right_shift_, left_shift_);
    make_shifts(parameters_.large_bias ? 2147483647 : reach, negative_right_shift_, negative_left_shift_);
  }

  // Mostly the shift that brings the channel's accumulators into int8's range, sometimes any.
  void make_shifts(std::int64_t reach, std::vector<std::uint8_t>& right, std::vector<std::uint8_t>& left) {
    std::int32_t fitting = 0;
    while ((reach >> fitting) > 500) ++fitting;
    std::int32_t shift = uniform(0, 3) == 0 ? uniform(0, 31) : std::clamp(fitting + uniform(-2, 1), 0, 31);
    std::int32_t raise = 0;
    if (parameters_.requantising != Requantising::kRightShifts && uniform(0, 2) == 0) {
      shift = 0;
      raise = uniform(0, 31);
    }
    right.push_back(static_cast<std::uint8_t>(shift));
    left.push_back(static_cast<std::uint8_t>(raise));
  }

  // Mostly a factor that brings sums to where ReLU6 ends, sometimes one that makes infinities or zeros;
  // slopes of either sign.
  void make_factors(std::size_t outputs, std::size_t filter) {
    const auto real = [this](float low, float high) {
      return std::uniform_real_distribution<float>(low, high)(random_);
    };
    const float usual = 0.001F / static_cast<float>(filter);
    for (std::size_t channel = 0; channel < outputs; ++channel) {
      const std::int32_t kind = uniform(0, 15);
      factor_.push_back(kind == 0 ? 0 : kind == 1 ? 1e34F : usual * real(kind == 2 ? -4.F : 0.1F, 4));
      slope_.push_back(uniform(0, 7) == 0 ? 1 : real(-1, 1));
    }
  }

  float dequantised(std::int64_t sum, std::size_t channel) const {
    const float y = static_cast<float>(sum) * factor_[channel];
    switch (parameters_.activating()) {
      case Activating::kNone:
        return y;
      case Activating::kRelu:
        return y > 0 ? y : 0;
      case Activating::kRelu6:
        return y > 6 ? 6 : y > 0 ? y : 0;
      case Activating::kLeaky:
        return y > 0 ? y : y * slope_[0];
      case Activating::kLeakyPerChannel:
        return y > 0 ? y : y * slope_[channel];
    }
    return NAN;
  }

  std::int64_t accumulate(std::int32_t image, std::int32_t oy, std::int32_t ox, std::int32_t channel) const {
    const ConvolutionShape& shape = parameters_.shape;
    const std::int32_t group_inputs = shape.input_channels / shape.group;
    const std::int32_t first = channel / (shape.output_channels / shape.group) * group_inputs;
    const std::int8_t* weight = weights_.data() + static_cast<std::size_t>(channel) * filter_size();
    std::int64_t sum = bias_[static_cast<std::size_t>(channel)];
    for (std::int32_t c = 0; c < group_inputs; ++c) {
      for (std::int32_t ky = 0; ky < shape.kernel_height; ++ky) {
        for (std::int32_t kx = 0; kx < shape.kernel_width; ++kx, ++weight) {
          const std::int32_t y = oy * shape.stride_height + ky * shape.dilation_height - shape.pad_height;
          const std::int32_t x = ox * shape.stride_width + kx * shape.dilation_width - shape.pad_width;
          const bool inside = y >= 0 && x >= 0 && y < shape.input_height && x < shape.input_width;
          const std::ptrdiff_t pixel = (image * shape.input_height + y) * shape.input_width + x;
          const auto at = static_cast<std::size_t>(pixel * shape.input_pixel_stride + first + c);
          sum += int{*weight} * int{inside ? input_[at] : shape.pad_level};
        }
      }
    }
    return sum;
  }

  std::int8_t requantised(std::int64_t sum, std::size_t channel) const {
    const bool negative = parameters_.requantising == Requantising::kLeaky && sum < 0;
    const std::int64_t m =
        negative ? std::int64_t{negative_multiplier_[channel]} : std::int64_t{multiplier_[channel]};
    const int s = (negative ? negative_right_shift_ : right_shift_)[channel];
    const int l = (negative ? negative_left_shift_ : left_shift_)[channel];
    // Floor division in place of shifts of negative numbers.
    const auto divide = [](std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); };
    const std::int64_t a =
        std::clamp<std::int64_t>(sum * (std::int64_t{1} << l), -2147483648LL, 2147483647LL);
    const std::int64_t t = divide(a * m * 65536 * 2 / 65536 + 32768, 65536);
    const std::int64_t half = s > 0 ? std::int64_t{1} << (s - 1) : 0;
    const std::int64_t y = divide(t + half, std::int64_t{1} << s);
    return static_cast<std::int8_t>(
        std::clamp<std::int64_t>(y + parameters_.zero, parameters_.low, parameters_.high));
  }

  void compute() {
    const ConvolutionShape& shape = parameters_.shape;
    const std::int32_t pixels = shape.batch * shape.output_height * shape.output_width;
    expected_.assign(static_cast<std::size_t>(pixels) * static_cast<std::size_t>(shape.output_pixel_stride),
                     kGuard);
    expected_f32_.resize(expected_.size());
    std::memset(expected_f32_.data(), kGuard, expected_f32_.size() * sizeof(float));
    for (std::int32_t pixel = 0; pixel < pixels; ++pixel) {
      const std::int32_t row = pixel / shape.output_width;
      for (std::int32_t channel = 0; channel < shape.output_channels; ++channel) {
        const std::int64_t sum = accumulate(row / shape.output_height, row % shape.output_height,
                                            pixel % shape.output_width, channel);
        const auto at = static_cast<std::size_t>(pixel * shape.output_pixel_stride + channel);
        expected_[at] = requantised(sum, static_cast<std::size_t>(channel));
        expected_f32_[at] = dequantised(sum, static_cast<std::size_t>(channel));
      }
    }
  }

  CaseParameters parameters_;
  std::mt19937 random_;
  std::vector<std::int8_t> input_, weights_, expected_;
  std::unique_ptr<GuardedMemory> input_memory_;
  std::vector<std::int32_t> bias_;
  std::vector<std::uint16_t> multiplier_;
  std::vector<std::int16_t> negative_multiplier_;
  std::vector<std::uint8_t> right_shift_, left_shift_, negative_right_shift_, negative_left_shift_;
  std::vector<float> factor_, slope_, expected_f32_;
};

}  // namespace cortado::test
