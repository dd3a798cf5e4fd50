#pragma once

#include <vector>

#include "image.h"
#include "operation.h"

namespace cortado::neon {

// The sum of eltwise_sum_s8 in kernels/reference, bit for bit; rows [begin, end).
void eltwise_sum_s8(const std::vector<Image<const std::int8_t>>& inputs, const Image<std::int8_t>& output,
                    const EltwiseSum& sum, std::int32_t begin, std::int32_t end);

}  // namespace cortado::neon
