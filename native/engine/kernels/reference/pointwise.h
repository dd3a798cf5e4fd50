// Operations on each element by itself, for rows [begin, end).
#pragma once

#include <algorithm>

#include "arithmetic.h"
#include "image.h"
#include "kernels/reference/activation_f32.h"
#include "kernels/reference/requantise_entry.h"
#include "operation.h"

namespace cortado {

// Calls visit(input pixel, output pixel) for each pixel of the rows.
template <typename In, typename Out, typename Visit>
void for_each_pixel_pair(const Image<In>& input, const Image<Out>& output, std::int32_t begin,
                         std::int32_t end, const Visit& visit) {
  for (std::int32_t row = begin; row < end; ++row) {
    for (std::int32_t x = 0; x < output.extents.width; ++x) visit(input.pixel(row, x), output.pixel(row, x));
  }
}

inline void clamp_s8(const Image<std::int8_t>& input, const Image<std::int8_t>& output, std::int8_t low,
                     std::int8_t high, std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = output.extents.channels;
  for_each_pixel_pair(input, output, begin, end, [&](const std::int8_t* from, std::int8_t* to) {
    for (std::int32_t c = 0; c < channels; ++c) to[c] = std::clamp(from[c], low, high);
  });
}

inline void requantise_s8(const Image<std::int8_t>& input, const Image<std::int8_t>& output,
                          const RequantisationS8& requantisation, bool per_channel, std::int32_t begin,
                          std::int32_t end) {
  const std::int32_t channels = output.extents.channels;
  for_each_pixel_pair(input, output, begin, end, [&](const std::int8_t* from, std::int8_t* to) {
    for (std::int32_t c = 0; c < channels; ++c)
      to[c] = requantise_by(requantisation, from[c], per_channel ? c : 0);
  });
}

inline void activation_f32(const Image<float>& input, const Image<float>& output,
                           const Activation& activation, std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = output.extents.channels;
  for_each_pixel_pair(input, output, begin, end, [&](const float* from, float* to) {
    std::copy_n(from, channels, to);
    activate(activation, to, 0, channels);
  });
}

// y = activation(x * scale[c] + shift[c]).
inline void affine_f32(const Image<float>& input, const Image<float>& output, const Affine& affine,
                       std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = output.extents.channels;
  const float* scale = affine.scale.data();
  const float* shift = affine.shift.data();
  for_each_pixel_pair(input, output, begin, end, [&](const float* from, float* to) {
    for (std::int32_t c = 0; c < channels; ++c) to[c] = from[c] * scale[c] + shift[c];
    activate(affine.activation, to, 0, channels);
  });
}

inline void quantize_f32_s8(const Image<float>& input, const Image<std::int8_t>& output, float scale,
                            std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = output.extents.channels;
  for_each_pixel_pair(input, output, begin, end, [&](const float* from, std::int8_t* to) {
    for (std::int32_t c = 0; c < channels; ++c) to[c] = quantise(from[c], scale);
  });
}

inline void dequantize_s8_f32(const Image<std::int8_t>& input, const Image<float>& output, float factor,
                              std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = output.extents.channels;
  for_each_pixel_pair(input, output, begin, end, [&](const std::int8_t* from, float* to) {
    for (std::int32_t c = 0; c < channels; ++c) to[c] = static_cast<float>(from[c]) * factor;
  });
}

}  // namespace cortado
