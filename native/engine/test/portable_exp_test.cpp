#include "kernels/reference/portable_exp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace cortado {
namespace {

float float_of(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::uint32_t bits_of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

TEST(PortableExp, EqualsTheDoublePrecisionFunctionRounded) {
  // Every 1009th float, of both signs: about four million, all magnitudes among them.
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 1009) {
    const float x = float_of(static_cast<std::uint32_t>(bits));
    if (!std::isfinite(x) || x > 88.7F || x < -103.0F) continue;
    const float expected = static_cast<float>(std::exp(static_cast<double>(x)));
    ASSERT_EQ(bits_of(portable_exp(x)), bits_of(expected)) << "x = " << x;
  }
}

TEST(PortableExp, KeepsToTheEnds) {
  EXPECT_EQ(portable_exp(0.0F), 1.0F);
  EXPECT_EQ(portable_exp(-0.0F), 1.0F);
  EXPECT_EQ(portable_exp(-1000.0F), 0.0F);
  EXPECT_EQ(portable_exp(-std::numeric_limits<float>::infinity()), 0.0F);
  EXPECT_EQ(portable_exp(1000.0F), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(portable_exp(std::numeric_limits<float>::quiet_NaN())));
}

// The same bits on every architecture: these were computed once and hold for all.
TEST(PortableExp, GivesTheSameBitsEverywhere) {
  std::uint32_t mixed = 2166136261U;
  for (int i = 0; i < 100000; ++i) {
    mixed = (mixed ^ bits_of(portable_exp(-0.001F * static_cast<float>(i)))) * 16777619U;
  }
  EXPECT_EQ(mixed, 3333130125U);
}

}  // namespace
}  // namespace cortado
