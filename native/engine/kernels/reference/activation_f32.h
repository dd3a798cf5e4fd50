#pragma once

#include "activation.h"

namespace cortado {

// Applies the activation to the values of channels [first, first + count) of one pixel.
void activate(const Activation& activation, float* values, std::int32_t first, std::int32_t count);

}  // namespace cortado
