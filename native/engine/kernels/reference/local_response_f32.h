#pragma once

#include "image.h"
#include "operation.h"

namespace cortado {

// y = x / (k + factor * sum of squares)^beta over neighbouring channels, or over a window of the channel; in
// float64, rounded once; rows [begin, end).
void local_response_f32(const LocalResponse& response, const Image<const float>& input,
                        const Image<float>& output, std::int32_t begin, std::int32_t end);

}  // namespace cortado
