// Array and vector unit at the same time: a convolution whose result stays in the activation buffer for the
// vector unit, in bands, so that one band is pooled or added to while the next is computed, loaded and
// stored.
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "random_layers.h"

namespace cortado::fpga {
namespace {

struct Chain {
  Map in;
  ConvLayer conv;
  VecLayer vec;
  Map residual;   // of a sum
  int band_rows;  // of the convolution
};

Chain random_chain(RandomLayers& random) {
  const int width = random.number(7, 24), height = 2 * random.number(2, 12);
  Chain c{random.map(height, width, random.number(1, 60)), {}, {}, {0, 0, 0}, 2 * random.number(1, 4)};
  const int taps = 2 * random.number(0, 1) + 1;
  c.conv.g = {taps, taps, 1, 1, taps / 2, taps / 2, 1, 1, height, width};
  c.conv.in_channels = c.in.channels;
  c.conv.out_channels = random.number(1, 70);
  c.conv.weights =
      random.weights(static_cast<std::size_t>(c.conv.out_channels) * c.in.channels * taps * taps);
  c.conv.leaky = random.chance(0.3);
  c.conv.range = random.range();
  c.conv.pad_level = random.pad_level();
  const double magnitude = 5000 * std::sqrt(static_cast<double>(c.in.channels * taps * taps));
  for (int o = 0; o < c.conv.out_channels; ++o) {
    c.conv.channels.push_back(
        {random.number(-1000, 1000), random.scale(magnitude, false), random.scale(magnitude, true)});
  }
  c.vec.channels = c.conv.out_channels;
  c.vec.range = random.range();
  if (random.chance(0.5)) {
    c.vec.kind = VecKind::kMaximum;
    c.vec.g = {2, 2, 2, 2, 0, 0, 1, 1, height / 2, width / 2};
  } else {
    c.vec.kind = VecKind::kSum;
    c.vec.g = {1, 1, 1, 1, 0, 0, 1, 1, height, width};
    c.vec.multipliers = {static_cast<std::int16_t>(random.number(-32767, 32767)),
                         static_cast<std::int16_t>(random.number(1, 32767))};
    c.vec.bias = random.sum_bias();
    c.vec.shift = 15;
    c.residual = random.map(height, width, c.conv.out_channels);
  }
  return c;
}

Map golden(const Chain& c) {
  const Map middle = conv_golden(c.conv, c.in);
  if (c.vec.kind == VecKind::kSum) return vec_golden(c.vec, {middle, c.residual});
  return vec_golden(c.vec, {middle});
}

// Regions of the buffer for band b alternate; `spread` words lie between them, which moves them over the
// blocks.
std::optional<Map> run_chain(Device& device, const Chain& c, unsigned spread, RunResult& run) {
  const unsigned banks = device.banks();
  const bool sum = c.vec.kind == VecKind::kSum;
  const Walk in_walk(banks, c.conv.g, c.in.width, 0), vec_walk(banks, c.vec.g, c.in.width, 0);
  const int planes = (c.in.channels + 15) / 16, mid_planes = (c.conv.out_channels + 15) / 16;
  const int height = c.in.height, width = c.in.width, shrink = sum ? 1 : 2;
  const std::vector<Band> all = bands(c.conv.g, height, c.band_rows);
  const unsigned in_words = in_walk.words(c.band_rows + 2, in_walk.pitch);
  const unsigned mid_words = vec_walk.words(c.band_rows, vec_walk.pitch) + 1;
  const unsigned out_words = vec_walk.words(c.band_rows / shrink, vec_walk.out_pitch) + 1;
  // Middle and residual lie behind each other, at a distance that the sum's window walks over.
  const unsigned mid_size = mid_planes * mid_words;
  const unsigned region = planes * in_words + (sum ? 2 : 1) * mid_size + mid_planes * out_words + 3 * spread;
  if (2 * region > device.blocks() * 2048) return std::nullopt;

  const std::uint32_t in_at = device.place(to_planes(c.in));
  const std::uint32_t residual_at = sum ? device.place(to_planes(c.residual)) : 0;
  const int out_pixels = c.vec.g.out_height * c.vec.g.out_width;
  const std::uint32_t out_at = device.allocate(static_cast<std::size_t>(mid_planes) * out_pixels * 16);
  Program p(banks);
  p.set_walk(true, c.vec.g.out_width, {static_cast<int>(vec_walk.out_pitch) - c.vec.g.out_width}, out_words,
             out_pixels);
  p.set_window(false, {unsigned(c.conv.g.kw),
                       unsigned(c.conv.g.kh),
                       {1},
                       {static_cast<int>(in_walk.pitch)},
                       in_words,
                       1,
                       1,
                       unsigned(width),
                       unsigned(c.conv.g.px),
                       1,
                       1,
                       in_walk.row_jump,
                       c.conv.pad_level});
  Output middle{in_walk.out_width, {static_cast<int>(vec_walk.pitch) - width},
                mid_words,         c.conv.range.low,
                c.conv.range.high, c.conv.leaky};
  middle.zero = c.conv.range.zero;
  p.set_output(false, middle);
  Window w{2,         2, {1}, {static_cast<int>(vec_walk.pitch)},
           mid_words, 1, 1,   unsigned(width),
           0,         2, 2,   vec_walk.row_jump};
  if (sum) {
    w = {2,         2, {0}, {static_cast<std::int64_t>(mid_size) * banks},
         mid_words, 0, 0,   unsigned(width),
         0,         1, 1,   vec_walk.row_jump};
  }
  p.set_window(true, w);
  Output o{vec_walk.out_width, {0}, out_words, c.vec.range.low, c.vec.range.high};
  o.op = sum ? kMac : kMax;
  o.pair = sum;
  o.shared_params = o.shared_weights = true;
  o.zero = c.vec.range.zero;
  p.set_output(true, o);
  const std::vector<std::uint64_t> params = conv_parameters(c.conv);
  p.load_params(device.place(params), static_cast<unsigned>(params.size()), false, 0, {});
  const std::vector<std::uint64_t> vec_params(
      16, parameter_word(c.vec.bias, {1 << 14, sum ? c.vec.shift : 0, 1}));
  p.load_params(device.place(vec_params), 16, false, 400, {});
  if (sum) {
    std::vector<std::int8_t> rows;
    for (const std::int16_t m : c.vec.multipliers) {
      rows.insert(rows.end(), 16, static_cast<std::int8_t>(m & 0xff));
      rows.insert(rows.end(), 16, static_cast<std::int8_t>(m >> 8));
    }
    p.load_params(device.place(rows), 8, true, 30, {});
  }

  for (std::size_t b = 0; b < all.size(); ++b) {
    const Band& band = all[b];
    const bool reused = b >= 2, again = b + 2 < all.size();
    const std::int64_t in_flat = static_cast<std::int64_t>(b % 2) * region * banks;
    const std::int64_t mid_flat = in_flat + static_cast<std::int64_t>(planes * in_words + spread) * banks;
    const std::int64_t out_flat =
        mid_flat + static_cast<std::int64_t>((sum ? 2 : 1) * mid_size + spread) * banks;
    const int in_rows = band.in_end - band.in_first, rows = band.end - band.first;
    p.set_walk(false, width, {static_cast<int>(in_walk.pitch) - width}, in_words, height * width);
    p.transfer(false, in_at + band.in_first * width * 16, in_rows * width, planes, {in_flat}, 0,
               {reused ? unsigned(kConv) : 0U, kConv, 0});
    if (sum) {
      p.set_walk(false, width, {static_cast<int>(vec_walk.pitch) - width}, mid_words, height * width);
      p.transfer(false, residual_at + band.first * width * 16, rows * width, mid_planes,
                 {mid_flat + static_cast<std::int64_t>(mid_size) * banks}, 0,
                 {reused ? unsigned(kVec) : 0U, kVec, 0});
    }
    const int pixels = rows * width, tile = static_cast<int>(device.depth() * banks);
    for (int block = 0; block * 32 < c.conv.out_channels; ++block) {
      for (int start = 0; start < pixels; start += tile) {
        const std::vector<std::int8_t> sets = weight_sets(c.conv, block, 0, planes);
        p.load_weights(device.place(sets), static_cast<unsigned>(sets.size() / 128));
        const int y = start / width, x = start % width, in_y = band.first + y - c.conv.g.py - band.in_first;
        const bool first = block == 0 && start == 0;
        const bool last = (block + 1) * 32 >= c.conv.out_channels && start + tile >= pixels;
        Region r{
            {in_flat + in_y * static_cast<int>(in_walk.pitch) + x - c.conv.g.px},
            unsigned(x),
            in_y,
            unsigned(in_rows),
            unsigned(std::min(tile, pixels - start)),
            {mid_flat + static_cast<std::int64_t>(block) * 2 * mid_words * banks + y * vec_walk.pitch + x},
            unsigned(block * (c.conv.leaky ? 8 : 4)),
            unsigned(planes)};
        const int left = c.conv.out_channels - block * 32,
                  columns = (c.in.channels + 3) / 4 - (planes - 1) * 4;
        p.conv(r, columns, std::min(4, (left + 7) / 8), true, true, false,
               {first ? unsigned(kLoad) | (reused ? unsigned(kVec) : 0U) : 0U, last ? unsigned(kVec) : 0U,
                last && again ? unsigned(kLoad) : 0U});
      }
    }
    Region r{{mid_flat},
             0,
             0,
             unsigned(rows),
             unsigned(rows / shrink) * vec_walk.out_width,
             {out_flat},
             400,
             unsigned(mid_planes)};
    p.vec(r, 30,
          {kConv | (sum ? unsigned(kLoad) : 0U) | (reused ? unsigned(kStore) : 0U), kStore,
           again ? kConv | (sum ? unsigned(kLoad) : 0U) : 0U});
    p.transfer(true, out_at + band.first / shrink * c.vec.g.out_width * 16, rows / shrink * c.vec.g.out_width,
               mid_planes, {out_flat}, 0, {kVec, again ? unsigned(kVec) : 0U, 0});
  }
  p.end({});
  run = device.run(p);
  return from_planes(reinterpret_cast<const std::int8_t*>(device.memory() + out_at), c.vec.g.out_height,
                     c.vec.g.out_width, c.vec.channels);
}

TEST(Chain, ConvolutionThenVectorUnitInBands) {
  const char* text = std::getenv("CORTADO_FPGA_LAYERS");
  const int count = text == nullptr ? 40 : std::atoi(text);
  int tried = 0;
  for (int n = 0; n < count; ++n) {
    const std::uint64_t seed = 9000 + n;
    RandomLayers probe(seed, 1);
    Device device(probe.chance(0.5) ? 0 : 0.4, seed);
    RandomLayers random(seed, device.banks());
    const Chain c = random_chain(random);
    RunResult run{};
    const std::optional<Map> out = run_chain(device, c, random.chance(0.5) ? 0 : random.number(1, 600), run);
    if (!out) continue;
    ++tried;
    ASSERT_EQ(run.status & 0xf07, 2U) << "seed " << seed << " status " << std::hex << run.status;
    ASSERT_STREQ(cortado_fpga_sim_protocol_error(device.sim()), "");
    ASSERT_EQ(out->data, golden(c).data) << "seed " << seed;
  }
  EXPECT_GT(tried, count / 2);
}

}  // namespace
}  // namespace cortado::fpga
