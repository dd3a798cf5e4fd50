// Layers, maps and plans at random, from a seed.
#pragma once

#include <random>

#include "tiler.h"

namespace cortado::fpga {

class RandomLayers {
 public:
  explicit RandomLayers(std::uint64_t seed, unsigned banks)
      : random_(seed), banks_(static_cast<int>(banks)) {}

  int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(double p) { return std::bernoulli_distribution(p)(random_); }

  Map map(int height, int width, int channels) {
    Map m(height, width, channels);
    const bool extreme = chance(0.1);
    for (std::int8_t& v : m.data)
      v = static_cast<std::int8_t>(extreme ? (chance(0.5) ? 127 : -127) : number(-127, 127));
    return m;
  }
  std::vector<std::int8_t> weights(std::size_t count) {
    std::vector<std::int8_t> w(count);
    const bool extreme = chance(0.1);
    for (std::int8_t& v : w)
      v = static_cast<std::int8_t>(extreme ? (chance(0.5) ? 127 : -127) : number(-127, 127));
    return w;
  }
  // A scale that keeps most sums of about `magnitude` inside the int8 range.
  Scale scale(double magnitude, bool negative_allowed) {
    Scale s;
    double factor = 60.0 / std::max(1.0, magnitude) * std::exp(0.5 * number(-2, 2));
    int exponent = 0;
    while (factor < 0.5 && exponent < 31) factor *= 2, ++exponent;
    while (factor >= 1 && exponent > -8) factor /= 2, --exponent;
    s.m = std::min(32767, 16384 + number(0, 16383));
    s.s = std::max(0, exponent);
    s.l = std::max(0, -exponent);
    if (negative_allowed && chance(0.3)) s.m = -s.m;
    return s;
  }
  // 0 half of the time, and often one of the extremes.
  int pad_level() {
    if (chance(0.5)) return 0;
    return chance(0.5) ? (chance(0.5) ? 127 : -127) : number(-127, 127);
  }
  // A zero of 0 half of the time, and often one of the extremes; results that bounds cut off, about it or far
  // from it.
  Range range() {
    Range r;
    if (chance(0.5)) r.zero = chance(0.4) ? (chance(0.5) ? 127 : -128) : number(-128, 127);
    if (chance(0.4)) {
      r.low = r.zero;
    } else if (chance(0.3)) {
      r.low = number(-128, 100);
    }
    if (chance(0.3)) r.high = number(r.low, 127);
    return r;
  }
  // Of a sum: all magnitudes below 2^29 equally often, and none.
  std::int32_t sum_bias() {
    if (chance(0.4)) return 0;
    const int limit = (1 << number(0, 29)) - 1;
    return chance(0.2) ? (chance(0.5) ? limit : -limit) : number(-limit, limit);
  }
  Geometry geometry(int height, int width, bool dilated) {
    Geometry g{};
    for (;;) {
      g.kh = number(1, 5);
      g.kw = chance(0.7) ? g.kh : number(1, 5);
      g.sy = stride();
      g.sx = chance(0.8) ? g.sy : stride();
      g.py = number(0, g.kh);
      g.px = number(0, g.kw);
      g.dy = dilated && chance(0.15) ? 2 : 1;
      g.dx = dilated && chance(0.15) ? 2 : 1;
      const int rows = height + 2 * g.py - (g.kh - 1) * g.dy - 1,
                columns = width + 2 * g.px - (g.kw - 1) * g.dx - 1;
      if (rows < 0 || columns < 0) continue;
      g.out_height = rows / g.sy + 1;
      g.out_width = columns / g.sx + 1;
      return g;
    }
  }
  ConvLayer conv(const Map& in) {
    ConvLayer l{};
    l.g = geometry(in.height, in.width, true);
    if (chance(0.3)) l.g = pointwise(in);
    if (chance(0.1)) l.g = whole(in);
    l.in_channels = in.channels;
    l.out_channels = number(1, chance(0.3) ? 100 : 40);
    l.weights = weights(static_cast<std::size_t>(l.out_channels) * in.channels * l.g.kh * l.g.kw);
    l.leaky = chance(0.2);
    l.raw = !l.leaky && chance(0.1);
    l.range = range();
    l.pad_level = pad_level();
    const double magnitude = 5000 * std::sqrt(static_cast<double>(in.channels * l.g.kh * l.g.kw));
    for (int o = 0; o < l.out_channels; ++o) {
      const int bias = number(-1000000, 1000000);
      l.channels.push_back(
          {chance(0.5) ? bias : bias / 1000, scale(magnitude, false), scale(magnitude * 8, true)});
    }
    return l;
  }
  ConvPlan conv_plan(const ConvLayer& l, const Map& in, unsigned depth) {
    ConvPlan p;
    p.tile_groups = chance(0.5) ? depth : number(1, static_cast<int>(depth));
    p.band_rows = chance(0.4) ? 1000 : number(1, std::max(1, l.g.out_height));
    p.chunk_planes = chance(0.6) ? 256 : number(1, 3);
    p.extra_pitch = number(0, 2);
    p.narrow = in.channels <= 4 && chance(0.6);
    p.keep = chance(0.5);
    p.other_settings = chance(0.5);
    return p;
  }
  VecLayer vec(VecKind kind, int height, int width, int channels) {
    VecLayer l{};
    l.kind = kind;
    l.channels = channels;
    l.g = kind == VecKind::kSum ? Geometry{1, 1, 1, 1, 0, 0, 1, 1, height, width}
                                : geometry(height, width, kind == VecKind::kDepthwise);
    const int taps = l.g.kh * l.g.kw;
    if (kind == VecKind::kDepthwise) {
      l.weights = weights(static_cast<std::size_t>(channels) * taps);
      l.leaky = chance(0.3);
      for (int c = 0; c < channels; ++c) {
        l.scales.push_back({number(-20000, 20000), scale(5000 * std::sqrt(taps), false),
                            scale(40000 * std::sqrt(taps), true)});
      }
    } else if (kind == VecKind::kAverage) {
      l.scales.push_back({0, scale(70.0 * taps, false), {}});
    } else if (kind == VecKind::kSum) {
      for (int i = number(2, 3); i > 0; --i)
        l.multipliers.push_back(static_cast<std::int16_t>(number(-32767, 32767)));
      l.bias = sum_bias();
      l.shift = l.bias == 0 ? number(8, 16) : number(8, 24);
    }
    l.range = range();
    // Poolings, too: they take no notice of it.
    if (kind != VecKind::kSum) l.pad_level = pad_level();
    return l;
  }

 private:
  // Strides are coprime to the number of banks.
  int stride() {
    for (;;) {
      const int s = chance(0.5) ? 1 : number(1, 4);
      if (banks_ == 1 || s % banks_ != 0) return s;
    }
  }
  static Geometry pointwise(const Map& in) { return {1, 1, 1, 1, 0, 0, 1, 1, in.height, in.width}; }
  static Geometry whole(const Map& in) { return {in.height, in.width, 1, 1, 0, 0, 1, 1, 1, 1}; }

  std::mt19937_64 random_;
  int banks_;
};

}  // namespace cortado::fpga
