#pragma once

#include "image.h"

namespace cortado {

// y = exp(x - max) / sum(exp(x - max)) along an axis: 0 batch, 1 channels, 2 height, 3 width; in float64,
// rounded once. Rows [begin, end) of lines_along(). `scratch`: as many as the axis is long.
void softmax_f32(const Image<const float>& input, const Image<float>& output, std::int32_t axis,
                 std::int32_t begin, std::int32_t end, double* scratch);

}  // namespace cortado
