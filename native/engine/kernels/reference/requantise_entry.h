#pragma once

#include "arithmetic.h"
#include "kernels/convolution.h"

namespace cortado {

// Requantises by the list's entry, by its negative one where there is one and the accumulator is below 0.
inline std::int8_t requantise_by(const RequantisationS8& r, std::int32_t accumulator, std::ptrdiff_t entry) {
  if (accumulator < 0 && r.negative_multiplier != nullptr) {
    return requantise(accumulator, r.negative_multiplier[entry], r.negative_right_shift[entry],
                      r.negative_left_shift[entry], r.low, r.high, r.zero);
  }
  return requantise(accumulator, r.multiplier[entry], r.right_shift[entry], r.left_shift[entry], r.low,
                    r.high, r.zero);
}

}  // namespace cortado
