#include <cmath>
#include <limits>

#include "kernels/neon/kernels.h"

namespace cortado::neon {
namespace {

#if defined(__aarch64__)
bool is_exact_factor(float value) { return std::isfinite(value); }
// Products below the smallest normal number are rounded as everywhere.
bool is_exact_product(float, float) { return true; }
#else
bool is_exact_factor(float value) { return value == 0 || std::isnormal(value); }
// An accumulator is 0 or at least 1: if factor times slope is normal, so is every product with it. Above the
// smallest normal number: what is rounded up to that one is flushed too.
bool is_exact_product(float factor, float slope) {
  return factor == 0 || slope == 0 || std::abs(factor * slope) > std::numeric_limits<float>::min();
}
#endif

}  // namespace

bool is_exact(const DequantisationF32& dequantisation, std::int32_t channels) {
  const bool leaky = dequantisation.activation.kind == ActivationKind::kLeaky;
  const Span<float>& slopes = dequantisation.activation.slopes;
  for (std::size_t channel = 0; channel < static_cast<std::size_t>(channels); ++channel) {
    const float factor = dequantisation.factor[channel];
    if (!is_exact_factor(factor)) return false;
    if (!leaky) continue;
    const float slope = slopes[slopes.size() == 1 ? 0 : channel];
    if (!is_exact_factor(slope) || !is_exact_product(factor, slope)) return false;
  }
  return true;
}

}  // namespace cortado::neon
