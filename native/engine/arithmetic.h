// The one arithmetic, in scalar form: what every backend must equal bit for bit (docs/architecture.md).
#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>

namespace cortado {

inline std::int32_t saturating_left_shift(std::int32_t value, unsigned shift) {
  const std::int64_t wide = static_cast<std::int64_t>(value) * (std::int64_t{1} << shift);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(wide, std::numeric_limits<std::int32_t>::min(),
                                                            std::numeric_limits<std::int32_t>::max()));
}

// SQRDMULH by m << 16 for |m| < 2^15: (2 * a * (m << 16) + 2^31) >> 32 equals (a * m + 2^14) >> 15 and cannot
// saturate.
inline std::int32_t rounding_doubling_high_multiply(std::int32_t a, std::int32_t m) {
  return static_cast<std::int32_t>((static_cast<std::int64_t>(a) * m + (1 << 14)) >> 15);
}

// SRSHL by -shift: rounds half up, without overflow.
inline std::int32_t rounding_shift_right(std::int32_t value, unsigned shift) {
  const std::int64_t half = shift > 0 ? std::int64_t{1} << (shift - 1) : 0;
  return static_cast<std::int32_t>((static_cast<std::int64_t>(value) + half) >> shift);
}

inline std::int8_t requantise(std::int32_t acc, std::int32_t multiplier, unsigned right_shift,
                              unsigned left_shift, std::int8_t low, std::int8_t high, std::int8_t zero = 0) {
  assert(right_shift <= 31 && left_shift <= 31 && (left_shift == 0 || right_shift == 0));
  const std::int32_t a = saturating_left_shift(acc, left_shift);
  const std::int32_t t = rounding_doubling_high_multiply(a, multiplier);
  const std::int64_t level = std::int64_t{rounding_shift_right(t, right_shift)} + zero;
  return static_cast<std::int8_t>(std::clamp<std::int64_t>(level, low, high));
}

// Product and sum are each rounded to float32: this file is compiled with -ffp-contract=off.
inline std::int8_t quantise(float x, float scale) {
  const volatile float product = x * scale;
  const float v = product;
  if (std::isnan(v)) return 0;
  const float rounded = std::trunc(v + std::copysign(0.5F, v));
  return static_cast<std::int8_t>(std::clamp(rounded, -127.0F, 127.0F));
}

}  // namespace cortado
