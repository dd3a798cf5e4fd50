#include "kernels/reference/local_response_f32.h"

#include <algorithm>

#include "elementary.h"

namespace cortado {
namespace {

double square(float value) { return static_cast<double>(value) * static_cast<double>(value); }

// The neighbours of a position that there are: [begin, end).
struct Neighbours {
  std::int32_t begin, end;
};

Neighbours neighbours(std::int32_t position, std::int32_t size, std::int32_t extent) {
  const std::int32_t before = (size - 1) / 2;
  return {std::max(position - before, 0), std::min(position + before + 1, extent)};
}

double sum_across(const float* pixel, std::int32_t c, std::int32_t size, std::int32_t channels) {
  const Neighbours range = neighbours(c, size, channels);
  double sum = 0;
  for (std::int32_t i = range.begin; i < range.end; ++i) sum += square(pixel[i]);
  return sum;
}

double sum_within(const Image<const float>& input, std::int32_t n, std::int32_t c, const Neighbours& rows,
                  const Neighbours& columns) {
  double sum = 0;
  for (std::int32_t y = rows.begin; y < rows.end; ++y) {
    for (std::int32_t x = columns.begin; x < columns.end; ++x) sum += square(input.pixel(n, y, x)[c]);
  }
  return sum;
}

}  // namespace

void local_response_f32(const LocalResponse& response, const Image<const float>& input,
                        const Image<float>& output, std::int32_t begin, std::int32_t end) {
  const Extents& e = output.extents;
  for (std::int32_t row = begin; row < end; ++row) {
    const std::int32_t n = row / e.height;
    const Neighbours rows = neighbours(row % e.height, response.size, e.height);
    for (std::int32_t x = 0; x < e.width; ++x) {
      const Neighbours columns = neighbours(x, response.size, e.width);
      const float* from = input.pixel(row, x);
      float* to = output.pixel(row, x);
      for (std::int32_t c = 0; c < e.channels; ++c) {
        const double sum = response.within ? sum_within(input, n, c, rows, columns)
                                           : sum_across(from, c, response.size, e.channels);
        const double divisor = power(response.k + response.factor * sum, response.beta);
        to[c] = static_cast<float>(static_cast<double>(from[c]) / divisor);
      }
    }
  }
}

}  // namespace cortado
