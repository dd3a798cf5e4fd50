// A blob in memory, NHWC: see kernels/convolution.h for pixel stride and slack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "blob.h"

namespace cortado {

template <typename T>
struct Image {
  T* data;
  Extents extents;
  std::ptrdiff_t pixel_stride;  // in elements

  std::int32_t rows() const { return extents.batch * extents.height; }
  // Rows are those of all images of the batch, one after the other.
  T* pixel(std::int32_t row, std::int32_t x) const {
    return data + (static_cast<std::ptrdiff_t>(row) * extents.width + x) * pixel_stride;
  }
  T* pixel(std::int32_t n, std::int32_t y, std::int32_t x) const { return pixel(n * extents.height + y, x); }

  operator Image<const T>() const { return {data, extents, pixel_stride}; }
};

// A blob whose element type is known at run time.
struct BlobMemory {
  void* data;
  ElementType type;
  Extents extents;
  std::ptrdiff_t pixel_stride;

  template <typename T>
  Image<T> as() const {
    return {static_cast<T*>(data), extents, pixel_stride};
  }
};

}  // namespace cortado
