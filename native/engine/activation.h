// The activation of operations whose output is float.
#pragma once

#include <cstdint>

#include "span.h"

namespace cortado {

enum class ActivationKind : std::uint8_t { kNone, kRelu, kRelu6, kLeaky };

// y = x, max(x, 0), min(max(x, 0), 6), or x > 0 ? x : x * slope. A slope per channel, or one for all.
struct Activation {
  ActivationKind kind = ActivationKind::kNone;
  Span<float> slopes;
};

}  // namespace cortado
