#include "kernels/reference/reduction_f32.h"

#include <cmath>

#include "layout.h"

namespace cortado {
namespace {

double term(ReductionFunction function, double x) {
  switch (function) {
    case ReductionFunction::kSum:
      return x;
    case ReductionFunction::kAbsoluteSum:
      return std::fabs(x);
    case ReductionFunction::kSquareSum:
      return x * x;
  }
  return x;
}

}  // namespace

void reduction_f32(const Reduction& reduction, const Image<const float>& input, const Image<float>& output) {
  const std::int32_t neighbours = input.extents.elements() / output.extents.elements();
  CaffeOrder<const float> from(input);
  for_each_in_caffe_order(output, [&](float& y) {
    double sum = 0;
    for (std::int32_t i = 0; i < neighbours; ++i)
      sum += term(reduction.function, static_cast<double>(from.next()));
    y = static_cast<float>(sum * reduction.factor);
  });
}

}  // namespace cortado
