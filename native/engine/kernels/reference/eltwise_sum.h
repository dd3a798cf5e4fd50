// Sums of output rows [begin, end).
#pragma once

#include <vector>

#include "image.h"
#include "operation.h"

namespace cortado {

// t = sum(q_i * multipliers[i]); y = clamp((t + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift, low, high).
// `scratch`: a sum for each channel.
void eltwise_sum_s8(const std::vector<Image<const std::int8_t>>& inputs, const Image<std::int8_t>& output,
                    const EltwiseSum& sum, std::int32_t begin, std::int32_t end, std::int32_t* scratch);

void eltwise_sum_f32(const std::vector<Image<const float>>& inputs, const Image<float>& output,
                     const EltwiseSum& sum, std::int32_t begin, std::int32_t end);

}  // namespace cortado
