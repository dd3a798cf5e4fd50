// For every core with NEON. Eight channels at a time, of all inputs one after the other:
//
//     q_i  x7 … x0  int8  →  int16  ×  m_i  →   t  int32 [ x3 x2 x1 x0 ] [ x7 x6 x5 x4 ]
//
// from the bias on, then y = clamp(SRSHL(t, -shift)), which rounds half up as the reference does. Narrowing
// saturates, which the clamp makes one with its bounds.
#include "kernels/neon/eltwise_sum_s8_neon.h"

#include <algorithm>

#include "kernels/neon/requantise.h"

namespace cortado::neon {
namespace {

// Inputs whose pixels lie without gaps are one long pixel per row.
struct Run {
  std::int32_t pixels, channels;
};

Run run_of_row(const std::vector<Image<const std::int8_t>>& inputs, const Image<std::int8_t>& output) {
  const std::int32_t channels = output.extents.channels;
  const bool dense = output.pixel_stride == channels &&
                     std::all_of(inputs.begin(), inputs.end(), [&](const Image<const std::int8_t>& input) {
                       return input.pixel_stride == channels;
                     });
  if (dense) return {1, channels * output.extents.width};
  return {output.extents.width, channels};
}

struct Epilogue {
  int32x4_t shift;
  int8x8_t low, high;

  int8x8_t operator()(int32x4_t first, int32x4_t second) const {
    const int16x4_t narrow_first = vqmovn_s32(vrshlq_s32(first, shift));
    const int16x4_t narrow_second = vqmovn_s32(vrshlq_s32(second, shift));
    const int8x8_t narrow = vqmovn_s16(vcombine_s16(narrow_first, narrow_second));
    return vmin_s8(vmax_s8(narrow, low), high);
  }
};

}  // namespace

void eltwise_sum_s8(const std::vector<Image<const std::int8_t>>& inputs, const Image<std::int8_t>& output,
                    const EltwiseSum& sum, std::int32_t begin, std::int32_t end) {
  const Epilogue epilogue{vdupq_n_s32(-static_cast<std::int32_t>(sum.shift)), vdup_n_s8(sum.low),
                          vdup_n_s8(sum.high)};
  const int32x4_t bias = vdupq_n_s32(sum.bias);
  const Run run = run_of_row(inputs, output);
  for (std::int32_t row = begin; row < end; ++row) {
    for (std::int32_t x = 0; x < run.pixels; ++x) {
      std::int8_t* to = output.pixel(row, x);
      for (std::int32_t c = 0; c < run.channels; c += 8) {
        int32x4_t first = bias;
        int32x4_t second = bias;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
          // Up to seven bytes behind the last channel may be read (kBlobSlack).
          const int16x8_t values = vmovl_s8(vld1_s8(inputs[i].pixel(row, x) + c));
          first = vmlal_n_s16(first, vget_low_s16(values), sum.multipliers[i]);
          second = vmlal_n_s16(second, vget_high_s16(values), sum.multipliers[i]);
        }
        store_part(to + c, epilogue(first, second), run.channels - c);
      }
    }
  }
}

}  // namespace cortado::neon
