// The functions that are laid down in the schema, against the C library's.
#include "elementary.h"

#include <gtest/gtest.h>

#include "crc32.h"
#include "half.h"
#include "random_shapes.h"

namespace cortado {
namespace {

double relative(double actual, double expected) {
  return std::fabs(actual - expected) / std::fmax(std::fabs(expected), 1e-300);
}

TEST(Elementary, AreTheFunctionsTheyAreNamedAfter) {
  test::Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const double x = static_cast<double>(random.between(-69000000, 69000000)) / 1e5;
    const double positive = std::exp(x / 8);
    const double exponent = static_cast<double>(random.between(-4000, 4000)) / 1000;
    ASSERT_LT(relative(exponential(x), std::exp(x)), 1e-15) << x;
    ASSERT_LT(std::fabs(logarithm(positive) - std::log(positive)), 1e-15 * std::fmax(1, std::fabs(x))) << x;
    ASSERT_LT(relative(power(positive, exponent), std::pow(positive, exponent)), 1e-12) << positive;
  }
}

TEST(Elementary, HaveExactPowers) {
  EXPECT_EQ(power(-3, 3), -27);
  EXPECT_EQ(power(-2, -2), 0.25);
  EXPECT_EQ(power(7, 0), 1);
  EXPECT_EQ(power(0, 0), 1);
  EXPECT_EQ(power(0.1, 2), 0.1 * 0.1);
  EXPECT_EQ(power(2, 0.5), std::sqrt(2.0));
  EXPECT_EQ(power(16, 0.75), 8);
  EXPECT_EQ(power(0, 0.3), 0);
  EXPECT_TRUE(std::isnan(power(-1, 0.3)));
}

TEST(Half, EveryOneIsTheFloatThatItsBitsMean) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = half_to_float(static_cast<std::uint16_t>(bits));
    const int exponent = static_cast<int>((bits >> 10) & 0x1F);
    const int fraction = static_cast<int>(bits & 0x3FF);
    EXPECT_EQ(std::signbit(value), (bits & 0x8000) != 0) << bits;
    if (exponent == 0x1F) {
      EXPECT_TRUE(fraction == 0 ? std::isinf(value) : std::isnan(value)) << bits;
    } else {
      const double magnitude =
          exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
      EXPECT_EQ(std::fabs(static_cast<double>(value)), magnitude) << bits;
    }
  }
}

TEST(Elementary, AreDefinedAtTheEnds) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(exponential(0), 1);
  EXPECT_EQ(exponential(-kInfinity), 0);
  EXPECT_EQ(exponential(-700.5), 0);
  EXPECT_EQ(exponential(kInfinity), exponential(700));
  EXPECT_EQ(static_cast<float>(exponential(700)), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(exponential(std::nan(""))));
  EXPECT_EQ(logarithm(1), 0);
  EXPECT_EQ(logarithm(0), -kInfinity);
  EXPECT_EQ(logarithm(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(logarithm(-1)));
  EXPECT_TRUE(std::isnan(logarithm(std::nan(""))));
}

// Of 10000 values each, as core's functions (core/graph/compute/exact-math.ts) give them.
TEST(Elementary, HaveTheBitsThatCoreHas) {
  std::vector<double> values;
  for (int i = 0; i < 10000; ++i) {
    values.push_back(exponential((i - 5000) * 0.0137));
    values.push_back(logarithm(i * 0.37 + 0.001));
    values.push_back(power(i * 0.11 + 0.5, -1.3));
  }
  EXPECT_EQ(crc32(values.data(), values.size() * sizeof(double)), 0xB00E7CDEU);
}

}  // namespace
}  // namespace cortado
