// The reference convolution against a direct transcription of Caffe's sum and the requantisation formula.
#include <gtest/gtest.h>

#include "arithmetic.h"
#include "kernels/convolution.h"
#include "random_shapes.h"

namespace cortado {
namespace {

using test::Random;

struct Requantisation {
  std::vector<std::uint16_t> multiplier;
  std::vector<std::uint8_t> right_shift, left_shift;
  std::vector<std::int16_t> negative_multiplier;
  std::vector<std::uint8_t> negative_right_shift, negative_left_shift;
  std::int8_t low = -127;
  std::int8_t high = 127;
  std::int8_t zero = 0;

  Requantisation(Random& random, std::int32_t channels, bool leaky) {
    for (std::int32_t c = 0; c < channels; ++c) {
      multiplier.push_back(static_cast<std::uint16_t>(random.between(1 << 14, (1 << 15) - 1)));
      const bool left = random.chance(10);
      right_shift.push_back(static_cast<std::uint8_t>(left ? 0 : random.between(0, 14)));
      left_shift.push_back(static_cast<std::uint8_t>(left ? random.between(1, 8) : 0));
      if (!leaky) continue;
      negative_multiplier.push_back(static_cast<std::int16_t>(random.between(-32767, 32767)));
      negative_right_shift.push_back(static_cast<std::uint8_t>(random.between(0, 14)));
      negative_left_shift.push_back(0);
    }
    if (random.chance(40)) low = 0;
    if (random.chance(20)) high = static_cast<std::int8_t>(random.between(1, 127));
    if (random.chance(50)) zero = static_cast<std::int8_t>(random.between(-127, 127));
  }

  RequantisationS8 view() const {
    const bool leaky = !negative_multiplier.empty();
    return {multiplier.data(),
            right_shift.data(),
            left_shift.data(),
            leaky ? negative_multiplier.data() : nullptr,
            leaky ? negative_right_shift.data() : nullptr,
            leaky ? negative_left_shift.data() : nullptr,
            low,
            high,
            zero};
  }

  std::int8_t apply(std::int32_t acc, std::size_t c) const {
    const bool negative = acc < 0 && !negative_multiplier.empty();
    const std::int64_t m = negative ? negative_multiplier[c] : static_cast<std::int64_t>(multiplier[c]);
    const unsigned s = negative ? negative_right_shift[c] : right_shift[c];
    const unsigned l = negative ? negative_left_shift[c] : left_shift[c];
    const std::int64_t a = std::clamp<std::int64_t>(acc * (std::int64_t{1} << l), INT32_MIN, INT32_MAX);
    const std::int64_t t = (a * m + 16384) >> 15;
    const std::int64_t y = (t + (s > 0 ? std::int64_t{1} << (s - 1) : 0)) >> s;
    return static_cast<std::int8_t>(std::clamp<std::int64_t>(y + zero, low, high));
  }
};

void check(std::uint32_t seed) {
  Random random(seed);
  const ConvolutionShape s = test::random_shape(random);
  SCOPED_TRACE("seed " + std::to_string(seed) + ": " + test::describe(s));
  const bool extremes = random.chance(15);
  const auto value = [&] {
    return extremes ? static_cast<std::int8_t>(random.chance(50) ? 127 : -127) : random.int8();
  };
  std::vector<std::int8_t> input(test::input_elements(s));
  std::vector<std::int8_t> weights(test::weight_elements(s));
  std::vector<std::int32_t> bias(static_cast<std::size_t>(s.output_channels));
  for (auto& x : input) x = value();
  for (auto& w : weights) w = value();
  for (auto& b : bias) b = random.between(-100000, 100000);
  const Requantisation requantisation(random, s.output_channels, random.chance(25));

  const auto kernel = make_reference_convolution_s8(s, weights.data(), bias.data(), requantisation.view());
  constexpr std::int8_t kGuard = -128;
  std::vector<std::int8_t> output(test::output_pixels(s) * static_cast<std::size_t>(s.output_pixel_stride),
                                  kGuard);
  std::vector<std::uint64_t> scratch(kernel->scratch_bytes() / 8 + 1);
  // In two pieces, the later one first: pieces are independent.
  const std::int32_t middle = kernel->work_items() / 2;
  kernel->run(input.data(), output.data(), middle, kernel->work_items(), scratch.data());
  kernel->run(input.data(), output.data(), 0, middle, scratch.data());

  std::size_t at = 0;
  for (std::int32_t n = 0; n < s.batch; ++n) {
    for (std::int32_t y = 0; y < s.output_height; ++y) {
      for (std::int32_t x = 0; x < s.output_width; ++x) {
        for (std::int32_t c = 0; c < s.output_pixel_stride; ++c, ++at) {
          if (c >= s.output_channels) {
            ASSERT_EQ(output[at], kGuard) << "wrote behind the channels";
            continue;
          }
          std::int32_t acc = bias[static_cast<std::size_t>(c)];
          test::for_each_product(s, n, y, x, c, [&](std::size_t i, std::size_t w) {
            acc += (i == test::kInPadding ? s.pad_level : input[i]) * weights[w];
          });
          ASSERT_EQ(output[at], requantisation.apply(acc, static_cast<std::size_t>(c)))
              << "image " << n << " y " << y << " x " << x << " channel " << c;
        }
      }
    }
  }
}

TEST(ConvolutionS8, EqualsTheFormulaOnRandomShapes) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    check(seed);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace cortado
