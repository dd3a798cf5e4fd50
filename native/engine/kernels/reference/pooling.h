// Pooling of output rows [begin, end), rows counted over all images of the batch.
#pragma once

#include "image.h"
#include "operation.h"

namespace cortado {

// Maximum of each window, at least `low`.
void max_pooling_s8(const Image<const std::int8_t>& input, const Image<std::int8_t>& output,
                    const Window& window, std::int8_t low, std::int32_t begin, std::int32_t end);

// Sum of each window, requantised by the entry of its divisor. `scratch`: a sum for each channel.
void average_pooling_s8(const Image<const std::int8_t>& input, const Image<std::int8_t>& output,
                        const Pooling& pooling, std::int32_t begin, std::int32_t end, std::int32_t* scratch);

// The same to float: y = sum * output_factor of the divisor, then the activation.
void average_pooling_s8_f32(const Image<const std::int8_t>& input, const Image<float>& output,
                            const Pooling& pooling, std::int32_t begin, std::int32_t end,
                            std::int32_t* scratch);

void max_pooling_f32(const Image<const float>& input, const Image<float>& output, const Pooling& pooling,
                     std::int32_t begin, std::int32_t end);
void average_pooling_f32(const Image<const float>& input, const Image<float>& output, const Pooling& pooling,
                         std::int32_t begin, std::int32_t end);

}  // namespace cortado
