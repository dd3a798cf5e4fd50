#include <algorithm>

#include "tiler.h"

namespace cortado::fpga {

namespace {

int divide_up(int a, int b) { return (a + b - 1) / b; }

}  // namespace

std::vector<std::int8_t> weight_sets(const ConvLayer& l, int block, int first_plane, int planes) {
  const int columns = divide_up(std::min(l.in_channels - first_plane * 16, planes * 16), 4);
  const std::size_t sets = static_cast<std::size_t>(columns) * l.g.kh * l.g.kw;
  std::vector<std::int8_t> bytes(sets * 128);
  std::size_t set = 0;
  for (int plane = 0; plane < planes; ++plane) {
    for (int ky = 0; ky < l.g.kh; ++ky) {
      for (int kx = 0; kx < l.g.kw; ++kx) {
        for (int col = 0; col < std::min(4, columns - plane * 4); ++col, ++set) {
          for (int pair = 0; pair < 16; ++pair) {
            for (int i = 0; i < 4; ++i) {
              const int channel = (first_plane + plane) * 16 + col * 4 + i;
              const int o = block * 32 + pair * 2;
              const auto weight = [&](int output) {
                return output < l.out_channels && channel < l.in_channels ? l.weight(output, channel, ky, kx)
                                                                          : 0;
              };
              // Stream A holds the even pairs, stream B, behind it, the odd ones.
              std::int8_t* at = &bytes[pair % 2 * sets * 64 + set * 64 + pair / 2 * 8 + i * 2];
              at[0] = static_cast<std::int8_t>(weight(o));
              at[1] = static_cast<std::int8_t>(weight(o + 1) - (at[0] < 0 ? 1 : 0));
            }
          }
        }
      }
    }
  }
  return bytes;
}

std::vector<std::uint64_t> conv_parameters(const ConvLayer& l) {
  std::vector<std::uint64_t> words;
  for (int plane = 0; plane < divide_up(l.out_channels, 16); ++plane) {
    for (int negative = 0; negative <= (l.leaky ? 1 : 0); ++negative) {
      for (int i = 0; i < 16; ++i) {
        const int o = plane * 16 + i;
        const Channel c = o < l.out_channels ? l.channels[o] : Channel{};
        words.push_back(parameter_word(negative != 0 ? 0 : c.bias, negative != 0 ? c.negative : c.positive));
      }
    }
  }
  return words;
}

namespace {

struct Sizes {
  Walk walk;
  int planes, out_planes, blocks;
  unsigned in_words, out_words;  // a plane of a band
  std::vector<Band> all_bands;
  unsigned sets;

  Sizes(unsigned banks, const ConvLayer& l, const Map& in, const ConvPlan& plan)
      : walk(banks, l.g, in.width, plan.extra_pitch),
        planes(divide_up(in.channels, 16)),
        out_planes(divide_up(l.out_channels, l.raw ? 4 : 16)),
        blocks(divide_up(l.out_channels, 32)),
        all_bands(bands(l.g, in.height, plan.band_rows)) {
    if (plan.narrow) widen_for_narrow(banks, l.g, in.width, plan.extra_pitch);
    int in_rows = 0, out_rows = 0;
    for (const Band& b : all_bands) {
      in_rows = std::max(in_rows, b.in_end - b.in_first);
      out_rows = std::max(out_rows, b.end - b.first);
    }
    in_words = walk.words(in_rows, walk.pitch);
    out_words = walk.words(out_rows, walk.out_pitch) + 1;
    sets = static_cast<unsigned>(divide_up(in.channels, 4) * l.g.kh * l.g.kw);
  }

 private:
  // Rows of narrow maps are an even number of pixels in memory, and loaded whole.
  void widen_for_narrow(unsigned banks, const Geometry& g, int in_width, unsigned extra_pitch) {
    walk = Walk(banks, g, in_width + in_width % 2, extra_pitch);
  }
};

}  // namespace

bool conv_fits(Device& device, const ConvLayer& l, const Map& in, const ConvPlan& plan) {
  const Sizes s(device.banks(), l, in, plan);
  const unsigned capacity = device.blocks() * 2048;
  const bool rows = l.channels.size() * (l.leaky ? 2 : 1) <= 512 * 8 - 64;
  const bool kept = !plan.keep || s.sets * 8 <= device.weight_rows();
  return rows && kept && 2 * (s.planes * s.in_words + s.out_planes * s.out_words) <= capacity;
}

ConvRun run_conv(Device& device, const ConvLayer& l, const Map& in, const ConvPlan& plan) {
  const unsigned banks = device.banks();
  const Sizes s(banks, l, in, plan);
  const Geometry& g = l.g;
  const int memory_width = plan.narrow ? in.width + in.width % 2 : in.width;
  std::uint32_t in_at = 0;
  if (plan.narrow) {
    std::vector<std::int8_t> pixels(static_cast<std::size_t>(in.height) * memory_width * 4, 99);
    for (int y = 0; y < in.height; ++y) {
      for (int x = 0; x < in.width; ++x) {
        for (int c = 0; c < in.channels; ++c) pixels[(y * memory_width + x) * 4 + c] = in.at(y, x, c);
      }
    }
    in_at = device.place(pixels);
  } else {
    in_at = device.place(to_planes(in));
  }
  const int out_plane_bytes = g.out_height * g.out_width * 16;
  const std::uint32_t out_at = device.allocate(static_cast<std::size_t>(s.out_planes) * out_plane_bytes);
  const std::uint32_t stamp_at = device.allocate(8, 8);
  const std::vector<std::uint64_t> params = conv_parameters(l);

  Program program(banks);
  // The window's fields and the output's hold for the layer.
  program.set_walk(false, memory_width, {static_cast<int>(s.walk.pitch) - memory_width}, s.in_words,
                   plan.narrow ? 0 : in.height * in.width, plan.narrow);
  program.set_walk(true, g.out_width, {static_cast<int>(s.walk.out_pitch) - g.out_width}, s.out_words,
                   g.out_height * g.out_width);
  const Window window{unsigned(g.kw), unsigned(g.kh), {g.dx},         {g.dy * static_cast<int>(s.walk.pitch)},
                      s.in_words,     unsigned(g.dx), unsigned(g.dy), unsigned(in.width),
                      unsigned(g.px), unsigned(g.sx), unsigned(g.sy), s.walk.row_jump,
                      l.pad_level};
  Window other_window = window;
  other_window.pad_level = other_level(l.pad_level);
  program.set_window(false, window);
  Output output{s.walk.out_width,
                {static_cast<int>(s.walk.out_pitch - s.walk.out_width)},
                s.out_words,
                l.range.low,
                l.range.high,
                l.leaky,
                l.raw};
  output.zero = l.range.zero;
  program.set_output(false, output);
  program.load_params(device.place(params), static_cast<unsigned>(params.size()), false, 0, {});

  const int chunks = divide_up(s.planes, static_cast<int>(plan.chunk_planes));
  for (std::size_t b = 0; b < s.all_bands.size(); ++b) {
    const Band& band = s.all_bands[b];
    const bool reused = b >= 2;
    const bool last_band = b + 1 == s.all_bands.size();
    const unsigned in_base = (b % 2) * s.planes * s.in_words;
    const unsigned out_base = 2 * s.planes * s.in_words + (b % 2) * s.out_planes * s.out_words;
    const int in_rows = band.in_end - band.in_first;
    program.transfer(false, in_at + band.in_first * memory_width * (plan.narrow ? 4 : 16),
                     in_rows * memory_width, plan.narrow ? 1 : s.planes,
                     {in_base * static_cast<std::int64_t>(banks)}, 0, {reused ? kConv : 0U, kConv, 0});

    const int pixels = (band.end - band.first) * static_cast<int>(s.walk.out_width);
    const int tile_pixels = static_cast<int>(plan.tile_groups * banks);
    bool first_of_band = true;
    for (int block = 0; block < s.blocks; ++block) {
      const unsigned eighths = std::min(4, divide_up(l.out_channels - block * 32, 8));
      for (int start = 0; start < pixels; start += tile_pixels) {
        const bool last_tile = start + tile_pixels >= pixels;
        const bool keeps = plan.keep && chunks == 1;
        for (int chunk = 0; chunk < chunks; ++chunk) {
          const int first_plane = chunk * static_cast<int>(plan.chunk_planes);
          const int planes = std::min<int>(plan.chunk_planes, s.planes - first_plane);
          const int channels = std::min(in.channels - first_plane * 16, planes * 16);
          const int columns = divide_up(channels, 4);
          if (!keeps || start == 0) {
            program.load_weights(device.place(weight_sets(l, block, first_plane, planes)),
                                 static_cast<unsigned>(columns * g.kh * g.kw));
          }
          const int y = start / static_cast<int>(s.walk.out_width),
                    x = start % static_cast<int>(s.walk.out_width);
          const int in_y = (band.first + y) * g.sy - g.py - band.in_first;
          Region r{};
          r.in = {static_cast<std::int64_t>(in_base + first_plane * s.in_words) * banks +
                  static_cast<std::int64_t>(in_y) * s.walk.pitch + x * g.sx - g.px};
          r.x0 = x;
          r.y0 = in_y;
          r.rows = in_rows;
          r.pixels = std::min(tile_pixels, pixels - start);
          r.out = {static_cast<std::int64_t>(out_base + block * (l.raw ? 8 : 2) * s.out_words) * banks +
                   static_cast<std::int64_t>(y) * s.walk.out_pitch + x};
          r.param_row = block * (l.leaky ? 8 : 4);
          r.planes = planes;
          Tokens t{};
          if (first_of_band) t.take = kLoad | (reused ? kStore : 0U);
          first_of_band = false;
          const bool last_of_band = block + 1 == s.blocks && last_tile && chunk + 1 == chunks;
          if (last_of_band) t.post = kStore;
          if (last_of_band && b + 2 < s.all_bands.size()) t.early = kLoad;
          program.conv(r, columns - (planes - 1) * 4, eighths, chunk == 0, chunk + 1 == chunks,
                       keeps && !last_tile, t);
          if (plan.other_settings) {
            program.set_window(false, other_window);
            program.set_output(false, other_output(output));
            program.set_window(false, window);
            program.set_output(false, output);
          }
        }
      }
    }
    program.transfer(true, out_at + band.first * g.out_width * 16, (band.end - band.first) * g.out_width,
                     s.out_planes, {out_base * static_cast<std::int64_t>(banks)}, 0,
                     {kConv, b + 2 < s.all_bands.size() ? unsigned(kConv) : 0U, 0});
    if (last_band) program.sync({});
  }
  program.stamp(stamp_at, 0xabcd, {});
  program.end({});

  ConvRun result;
  result.run = device.run(program);
  const auto* out = reinterpret_cast<const std::int8_t*>(device.memory() + out_at);
  if (l.raw) {
    const Map bytes = from_planes(out, g.out_height, g.out_width, s.out_planes * 16);
    for (int p = 0; p < g.out_height * g.out_width; ++p) {
      for (int o = 0; o < l.out_channels; ++o) {
        std::int32_t value = 0;
        std::memcpy(&value, &bytes.data[static_cast<std::size_t>(p) * bytes.channels + o * 4], 4);
        result.sums.push_back(value);
      }
    }
  } else {
    result.out = from_planes(out, g.out_height, g.out_width, l.out_channels);
  }
  return result;
}

}  // namespace cortado::fpga
