#include <algorithm>

#include "tiler.h"

namespace cortado::fpga {

std::vector<std::int8_t> to_planes(const Map& map) {
  const int planes = (map.channels + 15) / 16;
  std::vector<std::int8_t> out(static_cast<std::size_t>(planes) * map.height * map.width * 16);
  for (int p = 0; p < map.height * map.width; ++p) {
    for (int c = 0; c < map.channels; ++c) {
      out[(static_cast<std::size_t>(c / 16) * map.height * map.width + p) * 16 + c % 16] =
          map.data[static_cast<std::size_t>(p) * map.channels + c];
    }
  }
  return out;
}

Map from_planes(const std::int8_t* planes, int height, int width, int channels) {
  Map map(height, width, channels);
  for (int p = 0; p < height * width; ++p) {
    for (int c = 0; c < channels; ++c) {
      map.data[static_cast<std::size_t>(p) * channels + c] =
          planes[(static_cast<std::size_t>(c / 16) * height * width + p) * 16 + c % 16];
    }
  }
  return map;
}

std::uint64_t parameter_word(std::int32_t bias, const Scale& scale) {
  return static_cast<std::uint32_t>(bias) |
         static_cast<std::uint64_t>(static_cast<std::uint16_t>(scale.m)) << 32 |
         static_cast<std::uint64_t>(scale.s) << 48 | static_cast<std::uint64_t>(scale.l) << 53;
}

Walk::Walk(unsigned banks_of_part, const Geometry& g, int in_width, unsigned extra_pitch)
    : banks(banks_of_part), out_width(std::max<unsigned>(g.out_width, banks_of_part)) {
  // Rows are as far apart as lets P consecutive outputs, over a row's end too, read P different banks.
  pitch = in_width;
  while ((g.sy * pitch + banks * 16 * g.sx - g.sx * out_width % banks) % banks != 0) ++pitch;
  row_jump = (static_cast<std::int64_t>(g.sy) * pitch - static_cast<std::int64_t>(g.sx) * out_width) / banks;
  out_pitch = out_width + extra_pitch;
}

std::vector<Band> bands(const Geometry& g, int in_height, unsigned rows) {
  std::vector<Band> all;
  for (int y = 0; y < g.out_height; y += static_cast<int>(rows)) {
    Band b{};
    b.first = y;
    b.end = std::min(y + static_cast<int>(rows), g.out_height);
    b.in_first = std::clamp(b.first * g.sy - g.py, 0, in_height - 1);
    b.in_end = std::clamp((b.end - 1) * g.sy - g.py + (g.kh - 1) * g.dy + 1, b.in_first + 1, in_height);
    all.push_back(b);
  }
  return all;
}

}  // namespace cortado::fpga
