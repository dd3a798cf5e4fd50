// Layers and what they must give, computed straight from their definitions with the one arithmetic.
#pragma once

#include <cstdint>
#include <vector>

#include "../../../engine/arithmetic.h"

namespace cortado::fpga {

struct Map {
  int height, width, channels;
  std::vector<std::int8_t> data;  // height x width x channels

  Map(int h, int w, int c) : height(h), width(w), channels(c), data(static_cast<std::size_t>(h) * w * c) {}
  std::int8_t& at(int y, int x, int c) {
    return data[(static_cast<std::size_t>(y) * width + x) * channels + c];
  }
  std::int8_t at(int y, int x, int c) const {
    return data[(static_cast<std::size_t>(y) * width + x) * channels + c];
  }
  bool has(int y, int x) const { return y >= 0 && y < height && x >= 0 && x < width; }
};

struct Scale {
  int m = 1 << 14, s = 0, l = 0;
};

struct Channel {
  std::int32_t bias = 0;
  Scale positive, negative;
};

// What a result of 0 becomes, and the bounds of the results, which hold behind that.
struct Range {
  int zero = 0, low = -127, high = 127;

  template <typename T>
  std::int8_t place(T result) const {
    return static_cast<std::int8_t>(std::clamp<T>(result + zero, low, high));
  }
};

inline std::int8_t apply(std::int32_t acc, const Channel& c, bool leaky, const Range& range) {
  const Scale& k = leaky && acc < 0 ? c.negative : c.positive;
  const std::int32_t a = saturating_left_shift(acc, static_cast<unsigned>(k.l));
  const std::int32_t t = rounding_doubling_high_multiply(a, k.m);
  return range.place(rounding_shift_right(t, static_cast<unsigned>(k.s)));
}

// The geometry of a window.
struct Geometry {
  int kh, kw, sy, sx, py, px, dy, dx, out_height, out_width;
};

struct ConvLayer {
  Geometry g;
  int in_channels, out_channels;
  std::vector<std::int8_t> weights;  // out x in x kh x kw
  std::vector<Channel> channels;
  bool leaky = false, raw = false;
  Range range;
  int pad_level = 0;  // what lies in the padding

  std::int8_t weight(int o, int i, int ky, int kx) const {
    return weights[((static_cast<std::size_t>(o) * in_channels + i) * g.kh + ky) * g.kw + kx];
  }
};

inline std::vector<std::int32_t> conv_sums(const ConvLayer& l, const Map& in) {
  std::vector<std::int32_t> sums;
  for (int y = 0; y < l.g.out_height; ++y) {
    for (int x = 0; x < l.g.out_width; ++x) {
      for (int o = 0; o < l.out_channels; ++o) {
        std::int32_t acc = l.channels[o].bias;
        for (int ky = 0; ky < l.g.kh; ++ky) {
          for (int kx = 0; kx < l.g.kw; ++kx) {
            const int iy = y * l.g.sy - l.g.py + ky * l.g.dy, ix = x * l.g.sx - l.g.px + kx * l.g.dx;
            for (int i = 0; i < l.in_channels; ++i)
              acc += l.weight(o, i, ky, kx) * (in.has(iy, ix) ? in.at(iy, ix, i) : l.pad_level);
          }
        }
        sums.push_back(acc);
      }
    }
  }
  return sums;
}

inline Map conv_golden(const ConvLayer& l, const Map& in) {
  Map out(l.g.out_height, l.g.out_width, l.out_channels);
  const std::vector<std::int32_t> sums = conv_sums(l, in);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    out.data[i] = apply(sums[i], l.channels[i % l.out_channels], l.leaky, l.range);
  }
  return out;
}

enum class VecKind { kDepthwise, kMaximum, kAverage, kSum };

struct VecLayer {
  VecKind kind;
  Geometry g;
  int channels;
  std::vector<std::int8_t> weights;       // depthwise: channels x kh x kw
  std::vector<Channel> scales;            // depthwise: per channel; average: one
  std::vector<std::int16_t> multipliers;  // sum: per input
  std::int32_t bias = 0;                  // sum
  int shift = 0;                          // sum
  bool leaky = false;                     // depthwise
  Range range;
  int pad_level = 0;  // depthwise: what lies in the padding, which poolings leave out
};

inline Map vec_golden(const VecLayer& l, const std::vector<Map>& in) {
  Map out(l.g.out_height, l.g.out_width, l.channels);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      for (int c = 0; c < out.channels; ++c) {
        if (l.kind == VecKind::kSum) {
          std::int32_t t = l.bias;
          for (std::size_t i = 0; i < in.size(); ++i) t += in[i].at(y, x, c) * l.multipliers[i];
          const std::int64_t half = l.shift > 0 ? std::int64_t{1} << (l.shift - 1) : 0;
          out.at(y, x, c) = l.range.place((t + half) >> l.shift);
          continue;
        }
        std::int32_t acc = 0, maximum = -128;
        for (int ky = 0; ky < l.g.kh; ++ky) {
          for (int kx = 0; kx < l.g.kw; ++kx) {
            const int iy = y * l.g.sy - l.g.py + ky * l.g.dy, ix = x * l.g.sx - l.g.px + kx * l.g.dx;
            const bool inside = in[0].has(iy, ix);
            if (!inside && l.kind != VecKind::kDepthwise) continue;
            const int v = inside ? in[0].at(iy, ix, c) : l.pad_level;
            if (l.kind == VecKind::kDepthwise) acc += v * l.weights[(c * l.g.kh + ky) * l.g.kw + kx];
            if (l.kind == VecKind::kAverage) acc += v;
            maximum = std::max(maximum, v);
          }
        }
        if (l.kind == VecKind::kMaximum) {
          out.at(y, x, c) = l.range.place(maximum);
        } else {
          const Channel& k = l.kind == VecKind::kAverage ? l.scales[0] : l.scales[c];
          out.at(y, x, c) = apply(acc + k.bias, k, l.leaky, l.range);
        }
      }
    }
  }
  return out;
}

}  // namespace cortado::fpga
