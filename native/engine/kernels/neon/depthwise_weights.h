#pragma once

#include "kernels/convolution.h"
#include "kernels/neon/aligned_buffer.h"

namespace cortado::neon {

// One filter a channel.
inline bool is_depthwise(const ConvolutionShape& shape) {
  return shape.group == shape.input_channels && shape.group == shape.output_channels;
}

// Weights of a depthwise convolution by blocks of eight channels: tap 0 of the eight, tap 1, ...; missing
// channels are 0.
AlignedBuffer<std::int8_t> pack_depthwise_weights(const ConvolutionShape& shape, const std::int8_t* weights);

}  // namespace cortado::neon
