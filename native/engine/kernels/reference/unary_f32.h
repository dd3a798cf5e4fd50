#pragma once

#include "image.h"
#include "operation.h"

namespace cortado {

// A function of each value alone, in float64, rounded once; rows [begin, end).
void unary_f32(const Unary& unary, const Image<const float>& input, const Image<float>& output,
               std::int32_t begin, std::int32_t end);

}  // namespace cortado
