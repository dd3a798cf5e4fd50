#include "kernels/reference/broadcast_f32.h"

namespace cortado {
namespace {

template <typename Function>
void broadcast(const Image<const float>& input, const Image<const float>& operand, const Image<float>& output,
               std::int32_t begin, std::int32_t end, const Function& function) {
  const Extents& e = output.extents;
  const Extents& o = operand.extents;
  const std::int32_t channel_step = o.channels == 1 ? 0 : 1;
  for (std::int32_t row = begin; row < end; ++row) {
    const std::int32_t n = o.batch == 1 ? 0 : row / e.height;
    const std::int32_t y = o.height == 1 ? 0 : row % e.height;
    for (std::int32_t x = 0; x < e.width; ++x) {
      const float* from = input.pixel(row, x);
      const float* other = operand.pixel(n, y, o.width == 1 ? 0 : x);
      float* to = output.pixel(row, x);
      for (std::int32_t c = 0; c < e.channels; ++c) to[c] = function(from[c], other[c * channel_step]);
    }
  }
}

}  // namespace

void broadcast_f32(BroadcastFunction function, const Image<const float>& input,
                   const Image<const float>& operand, const Image<float>& output, std::int32_t begin,
                   std::int32_t end) {
  if (function == BroadcastFunction::kMultiply) {
    broadcast(input, operand, output, begin, end, [](float a, float b) { return a * b; });
  } else {
    broadcast(input, operand, output, begin, end, [](float a, float b) { return a + b; });
  }
}

}  // namespace cortado
