// IEEE 754 half precision, as packages may hold float weights.
#pragma once

#include <cstdint>
#include <cstring>

namespace cortado {

// Exact: every half is a float. By integers, so that it is the same where a processor flushes subnormals to
// 0.
inline float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  std::uint32_t exponent = (half >> 10) & 0x1FU;
  std::uint32_t fraction = half & 0x3FFU;
  std::uint32_t bits = sign;
  if (exponent == 0x1F) {
    bits |= 0x7F800000U | fraction << 13;
  } else if (exponent != 0) {
    bits |= (exponent + 112) << 23 | fraction << 13;
  } else if (fraction != 0) {
    // Subnormal: the highest bit of the fraction becomes the one that floats do not store.
    exponent = 113;
    for (; (fraction & 0x400U) == 0; fraction <<= 1) --exponent;
    bits |= exponent << 23 | (fraction & 0x3FFU) << 13;
  }
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace cortado
