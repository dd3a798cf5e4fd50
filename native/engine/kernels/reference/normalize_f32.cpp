#include "kernels/reference/normalize_f32.h"

#include <cmath>

#include "kernels/reference/pointwise.h"
#include "layout.h"

namespace cortado {
namespace {

double square(float value) { return static_cast<double>(value) * static_cast<double>(value); }

void divide_pixel(const Normalize& normalize, double sum, const float* from, float* to,
                  std::int32_t channels) {
  const double norm = std::sqrt(sum + normalize.eps);
  const std::size_t step = normalize.scale.size() == 1 ? 0 : 1;
  for (std::int32_t c = 0; c < channels; ++c) {
    const float scale = normalize.scale[static_cast<std::size_t>(c) * step];
    to[c] = static_cast<float>(static_cast<double>(from[c]) / norm * static_cast<double>(scale));
  }
}

}  // namespace

void normalize_pixels_f32(const Normalize& normalize, const Image<const float>& input,
                          const Image<float>& output, std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = output.extents.channels;
  for_each_pixel_pair(input, output, begin, end, [&](const float* from, float* to) {
    double sum = 0;
    for (std::int32_t c = 0; c < channels; ++c) sum += square(from[c]);
    divide_pixel(normalize, sum, from, to, channels);
  });
}

void normalize_samples_f32(const Normalize& normalize, const Image<const float>& input,
                           const Image<float>& output, std::int32_t begin, std::int32_t end) {
  const Extents& e = output.extents;
  for (std::int32_t n = begin; n < end; ++n) {
    Image<const float> sample{input.pixel(n, 0, 0), e, input.pixel_stride};
    sample.extents.batch = 1;
    double sum = 0;
    for_each_in_caffe_order(sample, [&](float value) { sum += square(value); });
    for_each_pixel_pair(input, output, n * e.height, (n + 1) * e.height, [&](const float* from, float* to) {
      divide_pixel(normalize, sum, from, to, e.channels);
    });
  }
}

}  // namespace cortado
