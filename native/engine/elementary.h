// Exponential and logarithm with every step laid down, so that a float operation which uses them gives the
// same bits on every processor and in core: sums, products and quotients of doubles in this order, none of
// them fused. Their error is below 2^-50 of the result, which float32 does not see.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace cortado {

// 1 / ln 2, and ln 2 as a sum whose first part has 32 bits, so that its product with an exponent is exact.
inline constexpr double kInverseLn2 = 1.4426950408889634;
inline constexpr double kLn2High = 0.6931471803691238;
inline constexpr double kLn2Low = 1.9082149292705877e-10;
inline constexpr double kSqrt2 = 1.4142135623730951;

// 2^exponent for exponents of normal numbers.
inline double power_of_two(int exponent) {
  const std::uint64_t bits = static_cast<std::uint64_t>(exponent + 1023) << 52;
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// e^x: x = k ln 2 + r, and the series of e^r up to r^13 / 13!. Infinite above 709, 0 below -708.
inline double exponential(double x) {
  if (std::isnan(x)) return x;
  if (x > 709) return std::numeric_limits<double>::infinity();
  if (x < -708) return 0;
  const double k = std::floor(x * kInverseLn2 + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double factorial = 6227020800.0;  // 13!
  double sum = 1 / factorial;
  for (int n = 13; n > 0; --n) {
    factorial /= n;
    sum = sum * r + 1 / factorial;
  }
  return sum * power_of_two(static_cast<int>(k));
}

// ln x for normal x: x = m 2^e with m from sqrt(1/2) to sqrt(2), s = (m - 1) / (m + 1), and 2 artanh s by its
// series up to s^23 / 23. Minus infinity at 0, NaN below.
inline double logarithm(double x) {
  if (std::isnan(x) || x == std::numeric_limits<double>::infinity()) return x;
  if (x < 0) return std::numeric_limits<double>::quiet_NaN();
  if (x < std::numeric_limits<double>::min()) return -std::numeric_limits<double>::infinity();
  std::uint64_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  int e = static_cast<int>(bits >> 52) - 1023;
  double m = x / power_of_two(e);
  if (m > kSqrt2) {
    m /= 2;
    ++e;
  }
  const double s = (m - 1) / (m + 1);
  const double z = s * s;
  double sum = 1.0 / 23;
  for (int n = 21; n > 0; n -= 2) sum = sum * z + 1.0 / n;
  return e * kLn2High + (e * kLn2Low + 2 * s * sum);
}

// x^y: by the sign of a negative x only where y is a whole number, else NaN.
inline double power(double x, double y) {
  if (y == 0) return 1;
  if (y == 1) return x;
  const double magnitude = exponential(y * logarithm(std::fabs(x)));
  if (x >= 0) return magnitude;
  if (y != std::floor(y)) return std::numeric_limits<double>::quiet_NaN();
  const bool odd = y / 2 != std::floor(y / 2);
  return odd ? -magnitude : magnitude;
}

inline double sigmoid(double x) { return 1 / (1 + exponential(-x)); }

// (1 - e) / (1 + e) with e = exp(-2 |x|); near 0, where that loses digits, x - x^3 / 3.
inline double hyperbolic_tangent(double x) {
  const double magnitude = std::fabs(x);
  if (magnitude < 0x1p-12) return x - x * x * x / 3;
  const double e = exponential(-2 * magnitude);
  const double value = (1 - e) / (1 + e);
  return x < 0 ? -value : value;
}

// ln(1 + e^x) as max(x, 0) + ln(1 + e) with e = exp(-|x|); where e is small, ln(1 + e) as e - e^2 / 2.
inline double softplus(double x) {
  const double e = exponential(-std::fabs(x));
  const double logarithm_of_sum = e < 0x1p-20 ? e - e * e / 2 : logarithm(1 + e);
  return x > 0 ? x + logarithm_of_sum : logarithm_of_sum;
}

}  // namespace cortado
