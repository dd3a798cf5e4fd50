#include "kernels/reference/eltwise.h"

#include <algorithm>

#include "kernels/reference/activation_f32.h"

namespace cortado {
namespace {

// Combines the inputs' values of each pixel, the first two first, and calls finish(pixel).
template <typename T, typename Combine, typename Finish>
void combine_pixels(const std::vector<Image<const T>>& inputs, const Image<T>& output, std::int32_t begin,
                    std::int32_t end, const Combine& combine, const Finish& finish) {
  const std::int32_t channels = output.extents.channels;
  for (std::int32_t row = begin; row < end; ++row) {
    for (std::int32_t x = 0; x < output.extents.width; ++x) {
      T* to = output.pixel(row, x);
      std::copy_n(inputs[0].pixel(row, x), channels, to);
      for (std::size_t i = 1; i < inputs.size(); ++i) {
        const T* from = inputs[i].pixel(row, x);
        for (std::int32_t c = 0; c < channels; ++c) to[c] = combine(to[c], from[c]);
      }
      finish(to);
    }
  }
}

}  // namespace

void eltwise_max_s8(const Eltwise& eltwise, const std::vector<Image<const std::int8_t>>& inputs,
                    const Image<std::int8_t>& output, std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = output.extents.channels;
  combine_pixels(
      inputs, output, begin, end, [](std::int8_t a, std::int8_t b) { return std::max(a, b); },
      [&](std::int8_t* to) {
        for (std::int32_t c = 0; c < channels; ++c) to[c] = std::clamp(to[c], eltwise.low, eltwise.high);
      });
}

void eltwise_f32(const Eltwise& eltwise, const std::vector<Image<const float>>& inputs,
                 const Image<float>& output, std::int32_t begin, std::int32_t end) {
  const auto finish = [&](float* to) { activate(eltwise.activation, to, 0, output.extents.channels); };
  if (eltwise.function == EltwiseFunction::kProduct) {
    combine_pixels(
        inputs, output, begin, end, [](float a, float b) { return a * b; }, finish);
  } else {
    combine_pixels(
        inputs, output, begin, end, [](float a, float b) { return a > b ? a : b; }, finish);
  }
}

}  // namespace cortado
