#include "kernels/reference/activation_f32.h"

namespace cortado {

void activate(const Activation& activation, float* values, std::int32_t first, std::int32_t count) {
  switch (activation.kind) {
    case ActivationKind::kNone:
      return;
    case ActivationKind::kRelu:
      for (std::int32_t c = 0; c < count; ++c) values[c] = values[c] > 0 ? values[c] : 0;
      return;
    case ActivationKind::kRelu6:
      for (std::int32_t c = 0; c < count; ++c) {
        const float positive = values[c] > 0 ? values[c] : 0;
        values[c] = positive < 6 ? positive : 6;
      }
      return;
    case ActivationKind::kLeaky: {
      const bool one = activation.slopes.size() == 1;
      const float* slopes = activation.slopes.data() + (one ? 0 : first);
      for (std::int32_t c = 0; c < count; ++c)
        values[c] = values[c] > 0 ? values[c] : values[c] * slopes[one ? 0 : c];
      return;
    }
  }
}

}  // namespace cortado
