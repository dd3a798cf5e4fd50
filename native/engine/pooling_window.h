// Where a pooling window lies on one axis, as Caffe has it: clipped to the padded input, which gives the
// divisor of an average, then to the input.
#pragma once

#include <algorithm>
#include <cstdint>

namespace cortado {

struct WindowRange {
  std::int32_t begin, end;  // inside the input
  std::int32_t divisor;     // extent inside the padded input
};

inline WindowRange window_range(std::int32_t position, std::int32_t kernel, std::int32_t stride,
                                std::int32_t pad, std::int32_t input) {
  const std::int32_t begin = position * stride - pad;
  const std::int32_t end = std::min(begin + kernel, input + pad);
  return {std::max(begin, 0), std::min(end, input), end - begin};
}

}  // namespace cortado
