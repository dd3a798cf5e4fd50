#include "kernels/reference/interp_f32.h"

#include <cmath>

namespace cortado {
namespace {

// The two places between which an output position lies, and how far it is from the first.
struct Between {
  std::int32_t first, second;
  double part;
};

Between between(std::int32_t position, std::int32_t input, std::int32_t output) {
  const double ratio = output == 1 ? 0 : static_cast<double>(input - 1) / (output - 1);
  const double place = ratio * position;
  const auto first = static_cast<std::int32_t>(std::floor(place));
  return {first, first + 1 < input ? first + 1 : first, place - first};
}

}  // namespace

void interp_f32(const Image<const float>& input, const Image<float>& output, std::int32_t begin,
                std::int32_t end) {
  const Extents& in = input.extents;
  const Extents& out = output.extents;
  for (std::int32_t row = begin; row < end; ++row) {
    const std::int32_t n = row / out.height;
    const Between y = between(row % out.height, in.height, out.height);
    for (std::int32_t x_out = 0; x_out < out.width; ++x_out) {
      const Between x = between(x_out, in.width, out.width);
      const float* above_left = input.pixel(n, y.first, x.first);
      const float* above_right = input.pixel(n, y.first, x.second);
      const float* below_left = input.pixel(n, y.second, x.first);
      const float* below_right = input.pixel(n, y.second, x.second);
      const auto mix = [&](float left, float right) {
        return (1 - x.part) * static_cast<double>(left) + x.part * static_cast<double>(right);
      };
      float* to = output.pixel(row, x_out);
      for (std::int32_t c = 0; c < out.channels; ++c) {
        to[c] = static_cast<float>((1 - y.part) * mix(above_left[c], above_right[c]) +
                                   y.part * mix(below_left[c], below_right[c]));
      }
    }
  }
}

}  // namespace cortado
