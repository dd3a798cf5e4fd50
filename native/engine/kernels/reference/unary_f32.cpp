#include "kernels/reference/unary_f32.h"

#include <algorithm>
#include <cmath>

#include "elementary.h"
#include "kernels/reference/pointwise.h"

namespace cortado {
namespace {

template <typename Function>
void map(const Image<const float>& input, const Image<float>& output, std::int32_t begin, std::int32_t end,
         const Function& function) {
  const std::int32_t channels = output.extents.channels;
  for_each_pixel_pair(input, output, begin, end, [&](const float* from, float* to) {
    for (std::int32_t c = 0; c < channels; ++c)
      to[c] = static_cast<float>(function(static_cast<double>(from[c])));
  });
}

}  // namespace

void unary_f32(const Unary& unary, const Image<const float>& input, const Image<float>& output,
               std::int32_t begin, std::int32_t end) {
  const double a = unary.a;
  const double b = unary.b;
  const double c = unary.c;
  const auto apply = [&](const auto& function) { map(input, output, begin, end, function); };
  switch (unary.function) {
    case UnaryFunction::kAbs:
      return apply([](double x) { return std::fabs(x); });
    case UnaryFunction::kElu:
      return apply([=](double x) { return x > 0 ? x : a * (exponential(x) - 1); });
    case UnaryFunction::kSigmoid:
      return apply([](double x) { return 1 / (1 + exponential(-x)); });
    case UnaryFunction::kTanh:
      return apply([](double x) { return 1 - 2 / (exponential(2 * x) + 1); });
    case UnaryFunction::kPower:
      return apply([=](double x) { return power(a + b * x, c); });
    case UnaryFunction::kExp:
      return apply([=](double x) { return exponential(a + b * x); });
    case UnaryFunction::kLog:
      return apply([=](double x) { return logarithm(a + b * x) * c; });
    case UnaryFunction::kBnll:
      return apply([](double x) {
        return x > 0 ? x + logarithm(1 + exponential(-x)) : logarithm(1 + exponential(x));
      });
    case UnaryFunction::kThreshold:
      return apply([=](double x) { return x > a ? 1.0 : 0.0; });
    case UnaryFunction::kSwish:
      return apply([=](double x) { return x / (1 + exponential(-(a * x))); });
    case UnaryFunction::kClip:
      return apply([=](double x) { return std::min(std::max(x, a), b); });
  }
}

}  // namespace cortado
