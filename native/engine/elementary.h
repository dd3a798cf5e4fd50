// Exponential, logarithm and power as schema/package.fbs lays them down: sums, products and quotients of
// float64 in this order, none of them fused, so that a float operation which uses them gives the same bits on
// every processor. Their error is below 2^-49 of the result or so, which float32 does not see.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace cortado {

inline constexpr double kInverseLn2 = 1.4426950408889634;
// ln 2 as a sum whose first part has few bits, so that its product with an exponent is exact.
inline constexpr double kLn2High = 6.93147180369123816490e-01;
inline constexpr double kLn2Low = 1.90821492927058770002e-10;
inline constexpr double kSqrtHalf = 0.70710678118654757;

// 2^exponent for exponents of normal numbers.
inline double power_of_two(int exponent) {
  const std::uint64_t bits = static_cast<std::uint64_t>(exponent + 1023) << 52;
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// 1 / n! for n = 0 ... 13.
inline constexpr double kInverseFactorials[] = {1.0,
                                                1.0,
                                                1.0 / 2,
                                                1.0 / 6,
                                                1.0 / 24,
                                                1.0 / 120,
                                                1.0 / 720,
                                                1.0 / 5040,
                                                1.0 / 40320,
                                                1.0 / 362880,
                                                1.0 / 3628800,
                                                1.0 / 39916800,
                                                1.0 / 479001600,
                                                1.0 / 6227020800.0};

// e^x: x = k ln 2 + r, and the series of e^r. 0 below -700; above 700 the value at 700, infinite as a
// float32.
inline double exponential(double x) {
  if (std::isnan(x)) return x;
  if (x < -700) return 0;
  if (x > 700) x = 700;
  const double k = std::floor(x * kInverseLn2 + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = kInverseFactorials[13];
  for (int n = 12; n >= 0; --n) sum = sum * r + kInverseFactorials[n];
  return sum * power_of_two(static_cast<int>(k));
}

// 1 / n for odd n from 1 to 23.
inline constexpr double kInverseOdds[] = {1.0,      1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9,  1.0 / 11,
                                          1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23};

// ln x: x = m 2^e with m from sqrt(1/2) to sqrt(2), and the series of 2 artanh((m - 1) / (m + 1)). NaN below
// 0, -infinity at 0.
inline double logarithm(double x) {
  if (std::isnan(x) || x == std::numeric_limits<double>::infinity()) return x;
  if (x < 0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return -std::numeric_limits<double>::infinity();
  int e = 0;
  double m = std::frexp(x, &e);
  if (m < kSqrtHalf) {
    m *= 2;
    --e;
  }
  const double f = (m - 1) / (m + 1);
  const double g = f * f;
  double sum = kInverseOdds[11];
  for (int n = 10; n >= 0; --n) sum = sum * g + kInverseOdds[n];
  return e * kLn2High + (2 * f * sum + e * kLn2Low);
}

// v^c: as products for small whole c and as square roots for a half and three quarters, else exp(c ln v).
inline double power(double v, double c) {
  if (c == 0) return 1;
  if (c == std::floor(c) && std::fabs(c) <= 16) {
    double product = v;
    for (int i = 1; i < static_cast<int>(std::fabs(c)); ++i) product *= v;
    return c < 0 ? 1 / product : product;
  }
  if (c == 0.5) return std::sqrt(v);
  if (c == 0.75) return std::sqrt(v) * std::sqrt(std::sqrt(v));
  return exponential(c * logarithm(v));
}

}  // namespace cortado
