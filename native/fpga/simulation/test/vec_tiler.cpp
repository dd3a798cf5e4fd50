#include <algorithm>

#include "tiler.h"

namespace cortado::fpga {

namespace {

struct Sizes {
  Walk walk;
  int planes;
  unsigned in_words, out_words;  // a plane of a band
  std::vector<Band> all_bands;
  unsigned taps;

  Sizes(unsigned banks, const VecLayer& l, const std::vector<Map>& in, const VecPlan& plan)
      : walk(banks, l.g, in[0].width, plan.extra_pitch),
        planes((l.channels + 15) / 16),
        all_bands(bands(l.g, in[0].height, plan.band_rows)),
        taps(l.kind == VecKind::kSum ? 2 * static_cast<unsigned>(in.size())
                                     : static_cast<unsigned>(l.g.kh * l.g.kw)) {
    int in_rows = 0, out_rows = 0;
    for (const Band& b : all_bands) {
      in_rows = std::max(in_rows, b.in_end - b.in_first);
      out_rows = std::max(out_rows, b.end - b.first);
    }
    in_words = walk.words(in_rows, walk.pitch);
    out_words = walk.words(out_rows, walk.out_pitch) + 1;
  }
};

std::vector<std::int8_t> weight_rows(const VecLayer& l, const Sizes& s) {
  std::vector<std::int8_t> rows;
  if (l.kind == VecKind::kSum) {
    for (const std::int16_t m : l.multipliers) {
      rows.insert(rows.end(), 16, static_cast<std::int8_t>(m & 0xff));
      rows.insert(rows.end(), 16, static_cast<std::int8_t>(m >> 8));
    }
  } else if (l.kind == VecKind::kDepthwise) {
    for (int plane = 0; plane < s.planes; ++plane) {
      for (unsigned tap = 0; tap < s.taps; ++tap) {
        for (int i = 0; i < 16; ++i) {
          const int c = plane * 16 + i;
          rows.push_back(c < l.channels ? l.weights[c * s.taps + tap] : std::int8_t{0});
        }
      }
    }
  }
  return rows;
}

std::vector<std::uint64_t> parameters(const VecLayer& l, const Sizes& s) {
  std::vector<std::uint64_t> words;
  if (l.kind == VecKind::kDepthwise) {
    for (int plane = 0; plane < s.planes; ++plane) {
      for (int negative = 0; negative <= (l.leaky ? 1 : 0); ++negative) {
        for (int c = plane * 16; c < plane * 16 + 16; ++c) {
          const Channel k = c < l.channels ? l.scales[c] : Channel{};
          words.push_back(
              parameter_word(negative != 0 ? 0 : k.bias, negative != 0 ? k.negative : k.positive));
        }
      }
    }
    return words;
  }
  // The identity is a doubled multiplication by one half.
  Channel k;
  k.bias = l.bias;
  k.positive = {1 << 14, l.kind == VecKind::kSum ? l.shift : 0, 1};
  if (l.kind == VecKind::kAverage) k = l.scales[0];
  words.assign(16, parameter_word(k.bias, k.positive));
  return words;
}

}  // namespace

bool vec_fits(Device& device, const VecLayer& l, const std::vector<Map>& in, const VecPlan& plan) {
  const Sizes s(device.banks(), l, in, plan);
  if (l.kind == VecKind::kDepthwise && (s.planes * s.taps > 512 || s.planes * 4 > 400)) return false;
  if (s.walk.out_width * std::min<unsigned>(plan.band_rows, l.g.out_height) > 8192 * device.banks())
    return false;
  return 2 * s.planes * (in.size() * s.in_words + s.out_words) <= device.blocks() * 2048;
}

ConvRun run_vec(Device& device, const VecLayer& l, const std::vector<Map>& in, const VecPlan& plan) {
  const unsigned banks = device.banks();
  const Sizes s(banks, l, in, plan);
  const Geometry& g = l.g;
  const int inputs = static_cast<int>(in.size());
  std::vector<std::uint32_t> in_at;
  for (const Map& map : in) in_at.push_back(device.place(to_planes(map)));
  const int plane_pixels = g.out_height * g.out_width;
  const std::uint32_t out_at = device.allocate(static_cast<std::size_t>(s.planes) * plane_pixels * 16);

  Program program(banks);
  const unsigned map_words = s.planes * s.in_words;
  program.set_walk(false, in[0].width, {static_cast<int>(s.walk.pitch) - in[0].width}, s.in_words,
                   in[0].height * in[0].width);
  program.set_walk(true, g.out_width, {static_cast<int>(s.walk.out_pitch) - g.out_width}, s.out_words,
                   plane_pixels);
  Window w{unsigned(g.kw), unsigned(g.kh), {g.dx},         {g.dy * static_cast<int>(s.walk.pitch)},
           s.in_words,     unsigned(g.dx), unsigned(g.dy), unsigned(in[0].width),
           unsigned(g.px), unsigned(g.sx), unsigned(g.sy), s.walk.row_jump,
           l.pad_level};
  if (l.kind == VecKind::kSum) {
    w.kernel_width = 2;
    w.kernel_height = inputs;
    w.kx_step = {0};
    w.ky_step = {static_cast<std::int64_t>(map_words) * banks};
    w.dilation_x = w.dilation_y = 0;
  }
  Window other_window = w;
  other_window.pad_level = other_level(l.pad_level);
  program.set_window(true, w);
  Output o{s.walk.out_width,
           {static_cast<int>(s.walk.out_pitch - s.walk.out_width)},
           s.out_words,
           l.range.low,
           l.range.high};
  o.op = l.kind == VecKind::kMaximum ? kMax : l.kind == VecKind::kAverage ? kSum : kMac;
  o.pair = l.kind == VecKind::kSum;
  o.leaky = l.leaky;
  o.shared_params = l.kind != VecKind::kDepthwise;
  o.shared_weights = l.kind != VecKind::kDepthwise;
  o.zero = l.range.zero;
  program.set_output(true, o);
  const std::vector<std::uint64_t> params = parameters(l, s);
  program.load_params(device.place(params), static_cast<unsigned>(params.size()), false, 16, {});
  const std::vector<std::int8_t> weights = weight_rows(l, s);
  if (!weights.empty()) {
    program.load_params(device.place(weights), static_cast<unsigned>(weights.size() / 8), true, 0, {});
  }

  for (std::size_t b = 0; b < s.all_bands.size(); ++b) {
    const Band& band = s.all_bands[b];
    const bool reused = b >= 2, again = b + 2 < s.all_bands.size();
    const int in_rows = band.in_end - band.in_first;
    const unsigned in_base = (b % 2) * inputs * map_words;
    const unsigned out_base = 2 * inputs * map_words + (b % 2) * s.planes * s.out_words;
    for (int i = 0; i < inputs; ++i) {
      program.transfer(false, in_at[i] + band.in_first * in[i].width * 16, in_rows * in[i].width, s.planes,
                       {static_cast<std::int64_t>(in_base + i * map_words) * banks}, 0,
                       {reused && i == 0 ? unsigned(kVec) : 0U, i + 1 == inputs ? unsigned(kVec) : 0U, 0});
    }
    const int in_y = band.first * g.sy - g.py - band.in_first;
    Region r{};
    r.in = {static_cast<std::int64_t>(in_base) * banks + static_cast<std::int64_t>(in_y) * s.walk.pitch -
            g.px};
    r.x0 = 0;
    r.y0 = in_y;
    r.rows = in_rows;
    r.pixels = (band.end - band.first) * s.walk.out_width;
    r.out = {static_cast<std::int64_t>(out_base) * banks};
    r.param_row = 16;
    r.planes = s.planes;
    program.vec(r, 0, {kLoad | (reused ? unsigned(kStore) : 0U), kStore, again ? unsigned(kLoad) : 0U});
    if (plan.other_settings) {
      program.set_window(true, other_window);
      program.set_output(true, other_output(o));
      program.set_window(true, w);
      program.set_output(true, o);
    }
    program.transfer(true, out_at + band.first * g.out_width * 16, (band.end - band.first) * g.out_width,
                     s.planes, {static_cast<std::int64_t>(out_base) * banks}, 0,
                     {kVec, again ? unsigned(kVec) : 0U, 0});
  }
  program.end({});

  ConvRun result;
  result.run = device.run(program);
  result.out = from_planes(reinterpret_cast<const std::int8_t*>(device.memory() + out_at), g.out_height,
                           g.out_width, l.channels);
  return result;
}

}  // namespace cortado::fpga
