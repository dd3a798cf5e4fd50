// Operations that move elements as they are.
#pragma once

#include <algorithm>
#include <vector>

#include "image.h"
#include "layout.h"

namespace cortado {

// Concatenation along an axis: 0 batch, 1 channels, 2 height, 3 width.
template <typename T>
void concatenate(const std::vector<Image<const T>>& inputs, const Image<T>& output, std::int32_t axis) {
  std::int32_t at = 0;
  for (const Image<const T>& input : inputs) {
    const Extents& e = input.extents;
    for (std::int32_t n = 0; n < e.batch; ++n) {
      for (std::int32_t y = 0; y < e.height; ++y) {
        for (std::int32_t x = 0; x < e.width; ++x) {
          T* to = output.pixel(axis == 0 ? at + n : n, axis == 2 ? at + y : y, axis == 3 ? at + x : x);
          std::copy_n(input.pixel(n, y, x), e.channels, to + (axis == 1 ? at : 0));
        }
      }
    }
    at += axis == 0 ? e.batch : axis == 1 ? e.channels : axis == 2 ? e.height : e.width;
  }
}

// The same elements in Caffe's order under another shape.
template <typename T>
void reshape(const Image<const T>& input, const Image<T>& output) {
  CaffeOrder<const T> from(input);
  for_each_in_caffe_order(output, [&](T& element) { element = from.next(); });
}

}  // namespace cortado
