#include <algorithm>

#include "kernels/reference/activation_f32.h"
#include "kernels/reference/pooling.h"
#include "kernels/reference/pooling_rows.h"
#include "kernels/reference/requantise_entry.h"

namespace cortado {
namespace {

// Calls visit(output pixel, sums of the channels, entry of the window's divisor) for each window.
template <typename T, typename Visit>
void for_each_sum(const Image<const std::int8_t>& input, const Image<T>& output, const Pooling& pooling,
                  std::int32_t begin, std::int32_t end, std::int32_t* sums, const Visit& visit) {
  const std::int32_t channels = input.extents.channels;
  for_each_window(input.extents, output, pooling.window, begin, end,
                  [&](T* to, const WindowRange& rows, const WindowRange& columns, std::int32_t image) {
                    std::fill_n(sums, channels, 0);
                    for_each_pixel_in(input, image, rows, columns, [&](const std::int8_t* from) {
                      for (std::int32_t c = 0; c < channels; ++c) sums[c] += from[c];
                    });
                    const auto divisor = static_cast<std::uint32_t>(rows.divisor * columns.divisor);
                    const auto* found = std::find(pooling.divisors.begin(), pooling.divisors.end(), divisor);
                    visit(to, sums, found - pooling.divisors.begin());
                  });
}

}  // namespace

void max_pooling_s8(const Image<const std::int8_t>& input, const Image<std::int8_t>& output,
                    const Window& window, std::int8_t low, std::int32_t begin, std::int32_t end) {
  const std::int32_t channels = input.extents.channels;
  for_each_window(
      input.extents, output, window, begin, end,
      [&](std::int8_t* to, const WindowRange& rows, const WindowRange& columns, std::int32_t image) {
        std::fill_n(to, channels, low);
        for_each_pixel_in(input, image, rows, columns, [&](const std::int8_t* from) {
          for (std::int32_t c = 0; c < channels; ++c) to[c] = std::max(to[c], from[c]);
        });
      });
}

void average_pooling_s8(const Image<const std::int8_t>& input, const Image<std::int8_t>& output,
                        const Pooling& pooling, std::int32_t begin, std::int32_t end, std::int32_t* scratch) {
  const RequantisationS8& r = pooling.requantisation;
  const std::int32_t channels = input.extents.channels;
  for_each_sum(input, output, pooling, begin, end, scratch,
               [&](std::int8_t* to, const std::int32_t* sums, std::ptrdiff_t entry) {
                 for (std::int32_t c = 0; c < channels; ++c) to[c] = requantise_by(r, sums[c], entry);
               });
}

void average_pooling_s8_f32(const Image<const std::int8_t>& input, const Image<float>& output,
                            const Pooling& pooling, std::int32_t begin, std::int32_t end,
                            std::int32_t* scratch) {
  const std::int32_t channels = input.extents.channels;
  for_each_sum(input, output, pooling, begin, end, scratch,
               [&](float* to, const std::int32_t* sums, std::ptrdiff_t entry) {
                 const float factor = pooling.output_factor[static_cast<std::size_t>(entry)];
                 for (std::int32_t c = 0; c < channels; ++c) to[c] = static_cast<float>(sums[c]) * factor;
                 activate(pooling.activation, to, 0, channels);
               });
}

}  // namespace cortado
