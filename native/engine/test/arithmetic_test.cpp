// The one arithmetic against its formulas in 64 and 128 bits, at the extremes and on seeded random values.
#include "arithmetic.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace cortado {
namespace {

std::vector<std::int32_t> interesting_accumulators() {
  std::vector<std::int32_t> values = {INT32_MIN, INT32_MIN + 1, INT32_MAX, INT32_MAX - 1, 0, 1, -1, 2, -2};
  for (int bit = 1; bit < 31; ++bit) {
    for (const std::int32_t near : {-1, 0, 1}) {
      values.push_back((1 << bit) + near);
      values.push_back(-(1 << bit) + near);
    }
  }
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) values.push_back(static_cast<std::int32_t>(random() >> (random() % 24)));
  return values;
}

const std::vector<std::int32_t> kMultipliers = {1 << 14, (1 << 14) + 1, 20000,        23170,
                                                30001,   (1 << 15) - 2, (1 << 15) - 1};

// floor(value / 2^shift) without relying on the shift of negative numbers.
std::int64_t floor_shift(std::int64_t value, unsigned shift) {
  const std::int64_t divisor = std::int64_t{1} << shift;
  std::int64_t quotient = value / divisor;
  if (value % divisor < 0) --quotient;
  return quotient;
}

TEST(Arithmetic, LeftShiftSaturates) {
  for (const std::int32_t value : interesting_accumulators()) {
    for (unsigned shift = 0; shift < 32; ++shift) {
      const double exact = std::ldexp(static_cast<double>(value), static_cast<int>(shift));
      const double expected = std::min(std::max(exact, -2147483648.0), 2147483647.0);
      ASSERT_EQ(static_cast<double>(saturating_left_shift(value, shift)), expected)
          << value << " << " << shift;
    }
  }
}

TEST(Arithmetic, HighMultiplyEqualsSqrdmulh) {
  for (const std::int32_t a : interesting_accumulators()) {
    for (const std::int32_t magnitude : kMultipliers) {
      for (const std::int32_t m : {magnitude, -magnitude}) {
        // (2 * a * (m << 16) + 2^31) >> 32, as the instruction's manual has it.
        const std::int64_t wide = 2 * static_cast<std::int64_t>(a) * (static_cast<std::int64_t>(m) * 65536);
        ASSERT_EQ(rounding_doubling_high_multiply(a, m), floor_shift(wide + (std::int64_t{1} << 31), 32))
            << a << " * " << m;
      }
    }
  }
}

TEST(Arithmetic, RightShiftRoundsHalfUp) {
  for (const std::int32_t value : interesting_accumulators()) {
    for (unsigned shift = 0; shift < 32; ++shift) {
      const std::int64_t half = shift == 0 ? 0 : std::int64_t{1} << (shift - 1);
      ASSERT_EQ(rounding_shift_right(value, shift), floor_shift(value + half, shift))
          << value << " >> " << shift;
    }
  }
}

TEST(Arithmetic, RequantiseStaysWithinItsBounds) {
  for (const std::int32_t acc : interesting_accumulators()) {
    for (const std::int32_t m : kMultipliers) {
      for (unsigned s = 0; s < 32; ++s) {
        const std::int8_t all = requantise(acc, m, s, 0, -127, 127);
        ASSERT_GE(all, -127);
        const std::int8_t relu = requantise(acc, m, s, 0, 0, 127);
        ASSERT_EQ(relu, std::max<std::int8_t>(all, 0));
        const std::int8_t relu6 = requantise(acc, m, s, 0, 0, 89);
        ASSERT_EQ(relu6, std::min<std::int8_t>(relu, 89));
      }
      // A left shift multiplies: as large as the bounds allow.
      ASSERT_EQ(requantise(acc, m, 0, 31, -127, 127), acc == 0 ? 0 : acc > 0 ? 127 : -127);
    }
  }
}

TEST(Arithmetic, RequantiseIsWithinHalfAStepOfTheExactProduct) {
  std::mt19937 random(7);
  for (int i = 0; i < 100000; ++i) {
    const auto acc = static_cast<std::int32_t>(random()) >> (random() % 20);
    const auto m = static_cast<std::int32_t>(16384 + random() % 16384);
    const unsigned s = random() % 32;
    const double exact = std::ldexp(static_cast<double>(acc) * m, -15 - static_cast<int>(s));
    const double clamped = std::min(std::max(exact, -127.0), 127.0);
    // Two roundings: half a step of the result, and half a step of what is shifted.
    ASSERT_NEAR(requantise(acc, m, s, 0, -127, 127), clamped, 0.5 + std::ldexp(0.5, -static_cast<int>(s)))
        << acc << " " << m << " " << s;
  }
}

TEST(Arithmetic, QuantiseRoundsHalfAwayFromZero) {
  EXPECT_EQ(quantise(0.5F, 1), 1);
  EXPECT_EQ(quantise(-0.5F, 1), -1);
  EXPECT_EQ(quantise(0.49999997F, 1), 1) << "the sum is rounded to float32 before it is cut";
  EXPECT_EQ(quantise(2.5F, 1), 3);
  EXPECT_EQ(quantise(-2.4F, 1), -2);
  EXPECT_EQ(quantise(1e30F, 1e30F), 127);
  EXPECT_EQ(quantise(-1e30F, 1e30F), -127);
  EXPECT_EQ(quantise(-0.0F, 5), 0);
  EXPECT_EQ(quantise(std::numeric_limits<float>::quiet_NaN(), 1), 0);
}

}  // namespace
}  // namespace cortado
