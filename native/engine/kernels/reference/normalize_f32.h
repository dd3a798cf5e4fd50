// y = x / sqrt(sum of squares + eps) * scale[c], in float64, rounded once.
#pragma once

#include "image.h"
#include "operation.h"

namespace cortado {

// The sum over the channels of each pixel; rows [begin, end).
void normalize_pixels_f32(const Normalize& normalize, const Image<const float>& input,
                          const Image<float>& output, std::int32_t begin, std::int32_t end);

// The sum over each sample in Caffe's order; samples [begin, end).
void normalize_samples_f32(const Normalize& normalize, const Image<const float>& input,
                           const Image<float>& output, std::int32_t begin, std::int32_t end);

}  // namespace cortado
