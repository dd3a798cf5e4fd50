#include "kernels/reference/softmax_f32.h"

#include <algorithm>

#include "elementary.h"
#include "kernels/reference/lines.h"

namespace cortado {

void softmax_f32(const Image<const float>& input, const Image<float>& output, std::int32_t axis,
                 std::int32_t begin, std::int32_t end, double* scratch) {
  const std::int32_t count = input.extents.*kAxes[axis];
  const std::ptrdiff_t from_stride = stride_along(input, axis);
  const std::ptrdiff_t to_stride = stride_along(output, axis);
  for_each_line(input, output, axis, begin, end, [&](const float* from, float* to) {
    float largest = from[0];
    for (std::int32_t i = 1; i < count; ++i) largest = std::max(largest, from[i * from_stride]);
    double sum = 0;
    for (std::int32_t i = 0; i < count; ++i) {
      scratch[i] = exponential(static_cast<double>(from[i * from_stride]) - static_cast<double>(largest));
      sum += scratch[i];
    }
    for (std::int32_t i = 0; i < count; ++i) to[i * to_stride] = static_cast<float>(scratch[i] / sum);
  });
}

}  // namespace cortado
