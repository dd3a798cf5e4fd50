#include "kernels/reference/arg_max_f32.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/reference/lines.h"

namespace cortado {

void arg_max_f32(const ArgMax& arg_max, const Image<const float>& input, const Image<float>& output,
                 std::int32_t begin, std::int32_t end, std::int32_t* scratch) {
  const std::int32_t count = input.extents.*kAxes[arg_max.axis];
  const std::int32_t kept = output.extents.*kAxes[arg_max.axis];
  const std::ptrdiff_t from_stride = stride_along(input, arg_max.axis);
  const std::ptrdiff_t to_stride = stride_along(output, arg_max.axis);
  for_each_line(input, output, arg_max.axis, begin, end, [&](const float* from, float* to) {
    const auto is_better = [&](std::int32_t i, std::int32_t j) {
      const float a = from[i * from_stride];
      const float b = from[j * from_stride];
      if (std::isnan(a) || std::isnan(b)) return std::isnan(a) == std::isnan(b) ? i < j : std::isnan(b);
      return a > b || (a == b && i < j);
    };
    std::iota(scratch, scratch + count, 0);
    std::partial_sort(scratch, scratch + kept, scratch + count, is_better);
    for (std::int32_t i = 0; i < kept; ++i) {
      to[i * to_stride] = arg_max.indices ? static_cast<float>(scratch[i]) : from[scratch[i] * from_stride];
    }
  });
}

}  // namespace cortado
