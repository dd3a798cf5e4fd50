#pragma once

#include "image.h"

namespace cortado {

// Bilinear interpolation, corners on corners, in float64, rounded once; output rows [begin, end).
void interp_f32(const Image<const float>& input, const Image<float>& output, std::int32_t begin,
                std::int32_t end);

}  // namespace cortado
