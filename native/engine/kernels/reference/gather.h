// Operations that take each element of the output from one place of the input, axis by axis: permutation,
// crop, tile, nearest upsampling, shuffled channels, inserted zeros.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "image.h"

namespace cortado {

// Where the elements come from: y[n, c, h, w] = x[along[0][n] + along[1][c] + along[2][h] + along[3][w]],
// offsets in elements of the input; 0 where one of them is kZero.
struct GatherPlan {
  static constexpr std::int32_t kZero = -1;
  std::array<std::vector<std::int32_t>, 4> along;
  bool adjacent_channels = false;  // the offsets of the channels rise by 1
};

// Elements between neighbours along each axis.
template <typename T>
std::array<std::int32_t, 4> strides_of(const Image<T>& image) {
  const auto pixel = static_cast<std::int32_t>(image.pixel_stride);
  const std::int32_t row = pixel * image.extents.width;
  return {row * image.extents.height, 1, row, pixel};
}

// `source(axis, i)` gives the offset of the output's index i along an axis.
template <typename Source>
std::shared_ptr<const GatherPlan> make_gather_plan(const Extents& output, const Source& source) {
  const auto plan = std::make_shared<GatherPlan>();
  for (std::int32_t axis = 0; axis < 4; ++axis) {
    auto& offsets = plan->along[static_cast<std::size_t>(axis)];
    offsets.reserve(static_cast<std::size_t>(output.*kAxes[axis]));
    for (std::int32_t i = 0; i < output.*kAxes[axis]; ++i) offsets.push_back(source(axis, i));
  }
  const auto& channels = plan->along[1];
  plan->adjacent_channels =
      std::adjacent_find(channels.begin(), channels.end(),
                         [](std::int32_t a, std::int32_t b) { return b != a + 1; }) == channels.end();
  return plan;
}

// Output rows [begin, end), rows counted over all images of the batch.
template <typename T>
void gather(const GatherPlan& plan, const Image<const T>& input, const Image<T>& output, std::int32_t begin,
            std::int32_t end) {
  const Extents& e = output.extents;
  const std::vector<std::int32_t>& channels = plan.along[1];
  for (std::int32_t row = begin; row < end; ++row) {
    const std::int32_t image = plan.along[0][static_cast<std::size_t>(row / e.height)];
    const std::int32_t line = plan.along[2][static_cast<std::size_t>(row % e.height)];
    for (std::int32_t x = 0; x < e.width; ++x) {
      const std::int32_t column = plan.along[3][static_cast<std::size_t>(x)];
      T* to = output.pixel(row, x);
      if (line == GatherPlan::kZero || column == GatherPlan::kZero) {
        std::fill_n(to, e.channels, T{});
        continue;
      }
      const T* from = input.data + image + line + column;
      if (plan.adjacent_channels) {
        std::copy_n(from + channels[0], e.channels, to);
      } else {
        for (const std::int32_t channel : channels) *to++ = from[channel];
      }
    }
  }
}

}  // namespace cortado
