#include "kernels/reference/portable_exp.h"

#include <cmath>
#include <limits>

namespace cortado {
namespace {

constexpr double kLog2E = 1.4426950408889634;
// ln 2 in two parts: k * kLn2High is exact for the k that occur.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr float kLargest = 88.8F;
constexpr float kSmallest = -104.0F;

// Taylor's series of e^r for |r| <= ln(2) / 2, by Horner's rule; the first term left out is below 2^-52. Each
// product and sum is rounded on its own: this file is compiled with -ffp-contract=off.
double series(double r) {
  double sum = 1.0;
  for (int n = 13; n > 0; --n) sum = 1.0 + sum * (r / n);
  return sum;
}

}  // namespace

float portable_exp(float x) {
  if (std::isnan(x)) return x;
  if (x > kLargest) return std::numeric_limits<float>::infinity();
  if (x < kSmallest) return 0.0F;
  const double wide = x;
  const double k = std::floor(wide * kLog2E + 0.5);
  const double r = (wide - k * kLn2High) - k * kLn2Low;
  return static_cast<float>(std::ldexp(series(r), static_cast<int>(k)));
}

}  // namespace cortado
