// What all poolings share: the walk over windows.
#pragma once

#include "image.h"
#include "operation.h"
#include "pooling_window.h"

namespace cortado {

// Calls visit(output pixel, rows, columns, image) for each window of output rows [begin, end).
template <typename T, typename Visit>
void for_each_window(const Extents& input, const Image<T>& output, const Window& w, std::int32_t begin,
                     std::int32_t end, const Visit& visit) {
  for (std::int32_t row = begin; row < end; ++row) {
    const WindowRange rows = window_range(row % output.extents.height, w.kernel_height, w.stride_height,
                                          w.pad_height, input.height);
    for (std::int32_t x = 0; x < output.extents.width; ++x) {
      const WindowRange columns = window_range(x, w.kernel_width, w.stride_width, w.pad_width, input.width);
      visit(output.pixel(row, x), rows, columns, row / output.extents.height);
    }
  }
}

// Calls visit(pixel) for each input pixel of a window.
template <typename T, typename Visit>
void for_each_pixel_in(const Image<T>& input, std::int32_t image, const WindowRange& rows,
                       const WindowRange& columns, const Visit& visit) {
  for (std::int32_t y = rows.begin; y < rows.end; ++y) {
    for (std::int32_t x = columns.begin; x < columns.end; ++x) visit(input.pixel(image, y, x));
  }
}

}  // namespace cortado
