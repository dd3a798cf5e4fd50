// Operations along one axis: softmax, the largest values.
#pragma once

#include "image.h"

namespace cortado {

// What is left of the extents where an axis is taken away: one line along it for each element.
inline Extents lines_along(Extents extents, std::int32_t axis) {
  extents.*kAxes[axis] = 1;
  return extents;
}

// Elements between neighbours along the axis.
template <typename T>
std::ptrdiff_t stride_along(const Image<T>& image, std::int32_t axis) {
  switch (axis) {
    case 0:
      return image.pixel_stride * image.extents.width * image.extents.height;
    case 1:
      return 1;
    case 2:
      return image.pixel_stride * image.extents.width;
    default:
      return image.pixel_stride;
  }
}

// Calls visit(first input, first output element) for each line of rows [begin, end) of lines_along().
template <typename Visit>
void for_each_line(const Image<const float>& input, const Image<float>& output, std::int32_t axis,
                   std::int32_t begin, std::int32_t end, const Visit& visit) {
  const Extents lines = lines_along(input.extents, axis);
  for (std::int32_t row = begin; row < end; ++row) {
    const std::int32_t n = row / lines.height;
    const std::int32_t y = row % lines.height;
    for (std::int32_t x = 0; x < lines.width; ++x) {
      for (std::int32_t c = 0; c < lines.channels; ++c) {
        visit(input.pixel(n, y, x) + c, output.pixel(n, y, x) + c);
      }
    }
  }
}

}  // namespace cortado
