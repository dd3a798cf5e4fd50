#include <algorithm>
#include <limits>

#include "kernels/reference/activation_f32.h"
#include "kernels/reference/pooling.h"
#include "kernels/reference/pooling_rows.h"

namespace cortado {

void max_pooling_f32(const Image<const float>& input, const Image<float>& output, const Pooling& pooling,
                     std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = input.extents.channels;
  for_each_window(input.extents, output, pooling.window, begin, end,
                  [&](float* to, const WindowRange& rows, const WindowRange& columns, std::int32_t image) {
                    std::fill_n(to, channels, -std::numeric_limits<float>::infinity());
                    for_each_pixel_in(input, image, rows, columns, [&](const float* from) {
                      for (std::int32_t c = 0; c < channels; ++c) to[c] = from[c] > to[c] ? from[c] : to[c];
                    });
                    activate(pooling.activation, to, 0, channels);
                  });
}

void average_pooling_f32(const Image<const float>& input, const Image<float>& output, const Pooling& pooling,
                         std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = input.extents.channels;
  for_each_window(input.extents, output, pooling.window, begin, end,
                  [&](float* to, const WindowRange& rows, const WindowRange& columns, std::int32_t image) {
                    std::fill_n(to, channels, 0.0F);
                    for_each_pixel_in(input, image, rows, columns, [&](const float* from) {
                      for (std::int32_t c = 0; c < channels; ++c) to[c] += from[c];
                    });
                    const float divisor =
                        static_cast<float>(rows.divisor) * static_cast<float>(columns.divisor);
                    for (std::int32_t c = 0; c < channels; ++c) to[c] /= divisor;
                    activate(pooling.activation, to, 0, channels);
                  });
}

}  // namespace cortado
