#pragma once

#include "image.h"
#include "operation.h"

namespace cortado {

// The largest values along an axis, best first, or their positions; of equal ones the first is the better,
// what is not a number is the worst. Rows [begin, end) of lines_along(). `scratch`: as many as the input's
// axis is long.
void arg_max_f32(const ArgMax& arg_max, const Image<const float>& input, const Image<float>& output,
                 std::int32_t begin, std::int32_t end, std::int32_t* scratch);

}  // namespace cortado
