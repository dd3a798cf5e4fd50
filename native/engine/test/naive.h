// Each operation as its definition reads, on blobs in Caffe's order (NCHW), one value at a time: what the
// kernels are compared with. Shares no code with them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "network.h"
#include "package_builder.h"

namespace cortado::test {

template <typename T>
struct Array {
  Extents extents;
  std::size_t rank;  // trailing extents beyond it are 1
  std::vector<T> values;

  explicit Array(const Extents& e, std::size_t axes = 4)
      : extents(e), rank(axes), values(static_cast<std::size_t>(e.elements())) {}
  T& at(std::int32_t n, std::int32_t c, std::int32_t y, std::int32_t x) {
    return values[static_cast<std::size_t>(((n * extents.channels + c) * extents.height + y) * extents.width +
                                           x)];
  }
  T at(std::int32_t n, std::int32_t c, std::int32_t y, std::int32_t x) const {
    return const_cast<Array&>(*this).at(n, c, y, x);
  }
};

// Calls visit(n, c, y, x) for each position in Caffe's order.
template <typename Visit>
void for_each_position(const Extents& e, const Visit& visit) {
  for (std::int32_t n = 0; n < e.batch; ++n) {
    for (std::int32_t c = 0; c < e.channels; ++c) {
      for (std::int32_t y = 0; y < e.height; ++y) {
        for (std::int32_t x = 0; x < e.width; ++x) visit(n, c, y, x);
      }
    }
  }
}

inline double activate(const ActivationSpec& spec, double value, std::int32_t channel) {
  switch (spec.kind) {
    case format::ActivationKind::None:
      return value;
    case format::ActivationKind::ReLU:
      return std::max(value, 0.0);
    case format::ActivationKind::ReLU6:
      return std::min(std::max(value, 0.0), 6.0);
    case format::ActivationKind::Leaky:
      break;
  }
  const std::size_t slope = spec.slopes.size() == 1 ? 0 : static_cast<std::size_t>(channel);
  return value > 0 ? value : value * static_cast<double>(spec.slopes[slope]);
}

// The formula of "One arithmetic" with every intermediate in 64 bits.
inline std::int8_t requantise(const RequantisationLists& r, std::int64_t acc, std::size_t entry) {
  const bool negative = acc < 0 && !r.negative_multiplier.empty();
  const std::int64_t m =
      negative ? r.negative_multiplier[entry] : static_cast<std::int64_t>(r.multiplier[entry]);
  const int s = negative ? r.negative_right_shift[entry] : r.right_shift[entry];
  const int l = negative ? r.negative_left_shift[entry] : r.left_shift[entry];
  const std::int64_t a = std::clamp<std::int64_t>(acc * (std::int64_t{1} << l), INT32_MIN, INT32_MAX);
  const std::int64_t t = (a * m + 16384) >> 15;
  const std::int64_t y = (t + (s > 0 ? std::int64_t{1} << (s - 1) : 0)) >> s;
  return static_cast<std::int8_t>(std::clamp<std::int64_t>(y + r.zero, r.low, r.high));
}

// Sum of one output value of a convolution, without its bias.
template <typename Sum, typename T>
Sum convolve(const Array<T>& input, const std::vector<T>& weights, const Window& w, std::int32_t group,
             std::int32_t outputs, T padding, std::int32_t n, std::int32_t o, std::int32_t y,
             std::int32_t x) {
  const std::int32_t depth = input.extents.channels / group;
  const std::int32_t first = o / (outputs / group) * depth;
  Sum sum = 0;
  for (std::int32_t i = 0; i < depth; ++i) {
    for (std::int32_t kh = 0; kh < w.kernel_height; ++kh) {
      for (std::int32_t kw = 0; kw < w.kernel_width; ++kw) {
        const std::int32_t iy = y * w.stride_height - w.pad_height + kh * w.dilation_height;
        const std::int32_t ix = x * w.stride_width - w.pad_width + kw * w.dilation_width;
        const bool inside = iy >= 0 && ix >= 0 && iy < input.extents.height && ix < input.extents.width;
        const T value = inside ? input.at(n, first + i, iy, ix) : padding;
        const std::size_t at =
            static_cast<std::size_t>(((o * depth + i) * w.kernel_height + kh) * w.kernel_width + kw);
        sum += static_cast<Sum>(value) * static_cast<Sum>(weights[at]);
      }
    }
  }
  return sum;
}

// A pooling window as Caffe's source has it, with the divisor of an average.
struct PoolingWindow {
  std::int32_t y0, y1, x0, x1, divisor;
};

inline PoolingWindow pooling_window(const Window& w, const Extents& input, std::int32_t y, std::int32_t x) {
  PoolingWindow p{};
  p.y0 = y * w.stride_height - w.pad_height;
  p.x0 = x * w.stride_width - w.pad_width;
  p.y1 = std::min(p.y0 + w.kernel_height, input.height + w.pad_height);
  p.x1 = std::min(p.x0 + w.kernel_width, input.width + w.pad_width);
  p.divisor = (p.y1 - p.y0) * (p.x1 - p.x0);
  p.y0 = std::max(p.y0, 0);
  p.x0 = std::max(p.x0, 0);
  p.y1 = std::min(p.y1, input.height);
  p.x1 = std::min(p.x1, input.width);
  return p;
}

template <typename Sum, typename T>
Sum pooled_sum(const Array<T>& input, const PoolingWindow& p, std::int32_t n, std::int32_t c) {
  Sum sum = 0;
  for (std::int32_t y = p.y0; y < p.y1; ++y) {
    for (std::int32_t x = p.x0; x < p.x1; ++x) sum += static_cast<Sum>(input.at(n, c, y, x));
  }
  return sum;
}

template <typename T>
T pooled_max(const Array<T>& input, const PoolingWindow& p, std::int32_t n, std::int32_t c) {
  T largest = input.at(n, c, p.y0, p.x0);
  for (std::int32_t y = p.y0; y < p.y1; ++y) {
    for (std::int32_t x = p.x0; x < p.x1; ++x) largest = std::max(largest, input.at(n, c, y, x));
  }
  return largest;
}

}  // namespace cortado::test
