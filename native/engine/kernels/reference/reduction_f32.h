#pragma once

#include "image.h"
#include "operation.h"

namespace cortado {

// y = sum of x, |x| or x^2 over neighbours in Caffe's order, times a factor; in float64, rounded once.
void reduction_f32(const Reduction& reduction, const Image<const float>& input, const Image<float>& output);

}  // namespace cortado
