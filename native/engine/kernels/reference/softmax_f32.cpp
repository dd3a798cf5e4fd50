#include "kernels/reference/softmax_f32.h"

#include <algorithm>

#include "kernels/reference/portable_exp.h"

namespace cortado {
namespace {

// Elements between neighbours along the axis.
std::ptrdiff_t stride_along(const Extents& extents, std::ptrdiff_t pixel_stride, std::int32_t axis) {
  switch (axis) {
    case 0:
      return pixel_stride * extents.width * extents.height;
    case 1:
      return 1;
    case 2:
      return pixel_stride * extents.width;
    default:
      return pixel_stride;
  }
}

void softmax_line(const float* from, std::ptrdiff_t from_stride, float* to, std::ptrdiff_t to_stride,
                  std::int32_t count) {
  float largest = from[0];
  for (std::int32_t i = 1; i < count; ++i) largest = std::max(largest, from[i * from_stride]);
  float sum = 0;
  for (std::int32_t i = 0; i < count; ++i) {
    to[i * to_stride] = portable_exp(from[i * from_stride] - largest);
    sum += to[i * to_stride];
  }
  for (std::int32_t i = 0; i < count; ++i) to[i * to_stride] /= sum;
}

}  // namespace

void softmax_f32(const Image<const float>& input, const Image<float>& output, std::int32_t axis) {
  Extents lines = input.extents;
  std::int32_t Extents::*const members[] = {&Extents::batch, &Extents::channels, &Extents::height,
                                            &Extents::width};
  const std::int32_t count = lines.*members[axis];
  lines.*members[axis] = 1;
  const std::ptrdiff_t from_stride = stride_along(input.extents, input.pixel_stride, axis);
  const std::ptrdiff_t to_stride = stride_along(output.extents, output.pixel_stride, axis);
  for (std::int32_t n = 0; n < lines.batch; ++n) {
    for (std::int32_t y = 0; y < lines.height; ++y) {
      for (std::int32_t x = 0; x < lines.width; ++x) {
        for (std::int32_t c = 0; c < lines.channels; ++c) {
          softmax_line(input.pixel(n, y, x) + c, from_stride, output.pixel(n, y, x) + c, to_stride, count);
        }
      }
    }
  }
}

}  // namespace cortado
