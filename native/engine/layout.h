// Between Caffe's order (NCHW), in which files hold blobs, and the engine's (NHWC).
#pragma once

#include <vector>

#include "image.h"

namespace cortado {

// Visits the elements of `image` in Caffe's order.
template <typename T, typename Visit>
void for_each_in_caffe_order(const Image<T>& image, const Visit& visit) {
  for (std::int32_t n = 0; n < image.extents.batch; ++n) {
    for (std::int32_t c = 0; c < image.extents.channels; ++c) {
      for (std::int32_t y = 0; y < image.extents.height; ++y) {
        for (std::int32_t x = 0; x < image.extents.width; ++x) visit(image.pixel(n, y, x)[c]);
      }
    }
  }
}

// The same walk, one element at a time.
template <typename T>
class CaffeOrder {
 public:
  explicit CaffeOrder(const Image<T>& image) : image_(image) {}

  // The next element; as many as the image has.
  T& next() {
    T& element = image_.pixel(n_, y_, x_)[c_];
    const Extents& e = image_.extents;
    if (++x_ < e.width) return element;
    x_ = 0;
    if (++y_ < e.height) return element;
    y_ = 0;
    if (++c_ < e.channels) return element;
    c_ = 0;
    ++n_;
    return element;
  }

 private:
  Image<T> image_;
  std::int32_t n_ = 0, c_ = 0, y_ = 0, x_ = 0;
};

template <typename T>
std::vector<std::remove_const_t<T>> in_caffe_order(const Image<T>& image) {
  std::vector<std::remove_const_t<T>> values;
  values.reserve(static_cast<std::size_t>(image.extents.elements()));
  for_each_in_caffe_order(image, [&](T& value) { values.push_back(value); });
  return values;
}

}  // namespace cortado
