// Product and maximum of equal shapes, rows [begin, end).
#pragma once

#include <vector>

#include "image.h"
#include "operation.h"

namespace cortado {

// The maximum, clamped to the operation's bounds.
void eltwise_max_s8(const Eltwise& eltwise, const std::vector<Image<const std::int8_t>>& inputs,
                    const Image<std::int8_t>& output, std::int32_t begin, std::int32_t end);

// Product (rounded after each step) or maximum, then the activation.
void eltwise_f32(const Eltwise& eltwise, const std::vector<Image<const float>>& inputs,
                 const Image<float>& output, std::int32_t begin, std::int32_t end);

}  // namespace cortado
