#include "kernels/reference/eltwise_sum.h"

#include <algorithm>

#include "arithmetic.h"
#include "kernels/reference/activation_f32.h"

namespace cortado {

void eltwise_sum_s8(const std::vector<Image<const std::int8_t>>& inputs, const Image<std::int8_t>& output,
                    const EltwiseSum& sum, std::int32_t begin, std::int32_t end, std::int32_t* scratch) {
  const std::int32_t channels = output.extents.channels;
  for (std::int32_t row = begin; row < end; ++row) {
    for (std::int32_t x = 0; x < output.extents.width; ++x) {
      std::fill_n(scratch, channels, sum.bias);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const std::int8_t* from = inputs[i].pixel(row, x);
        const std::int16_t multiplier = sum.multipliers[i];
        for (std::int32_t c = 0; c < channels; ++c) scratch[c] += from[c] * multiplier;
      }
      std::int8_t* to = output.pixel(row, x);
      for (std::int32_t c = 0; c < channels; ++c) {
        const std::int32_t shifted = rounding_shift_right(scratch[c], sum.shift);
        to[c] = static_cast<std::int8_t>(std::clamp<std::int32_t>(shifted, sum.low, sum.high));
      }
    }
  }
}

void eltwise_sum_f32(const std::vector<Image<const float>>& inputs, const Image<float>& output,
                     const EltwiseSum& sum, std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = output.extents.channels;
  for (std::int32_t row = begin; row < end; ++row) {
    for (std::int32_t x = 0; x < output.extents.width; ++x) {
      float* to = output.pixel(row, x);
      std::fill_n(to, channels, 0.0F);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const float* from = inputs[i].pixel(row, x);
        const float coefficient = sum.coefficients[i];
        for (std::int32_t c = 0; c < channels; ++c) to[c] += from[c] * coefficient;
      }
      activate(sum.activation, to, 0, channels);
    }
  }
}

}  // namespace cortado
