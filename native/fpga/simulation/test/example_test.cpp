// The program of docs/fpga/instructions.md, word for word as the document shows it, and its result.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "random_layers.h"

namespace cortado::fpga {
namespace {

Program example(unsigned banks) {
  Program p(banks);
  p.set_walk(false, 7, {0}, 17, 49);
  p.set_walk(true, 4, {0}, 6, 16);
  p.set_window(false, {3, 3, {1}, {7}, 17, 1, 1, 7, 1, 2, 2, 2});
  Output o{4, {0}, 6, 0, 127};
  p.set_output(false, o);
  p.load_params(0x3000, 40, false, 0, {});
  p.transfer(false, 0x1000, 49, 2, {0}, 0, {0, kConv, 0});
  p.load_weights(0x4000, 45);
  Region r{{-8}, 0, -1, 7, 16, {120}, 0, 2};
  p.conv(r, 1, 4, true, true, false, {kLoad, 0, 0});
  p.load_weights(0x6000, 45);
  r.out = {156};
  r.param_row = 4;
  p.conv(r, 1, 1, true, true, false, {0, kStore, 0});
  p.transfer(true, 0x2000, 16, 3, {120}, 0, {kConv, 0, 0});
  p.stamp(0x8000, 1, {});
  p.end({});
  return p;
}

TEST(Example, IsWhatTheDocumentShows) {
  std::ifstream document(CORTADO_FPGA_DOCUMENT);
  ASSERT_TRUE(document) << CORTADO_FPGA_DOCUMENT;
  const std::string text{std::istreambuf_iterator<char>(document), {}};
  const Program program = example(3);
  for (const auto& [low, high] : program.words()) {
    char line[40];
    std::snprintf(line, sizeof line, "%016llx %016llx", static_cast<unsigned long long>(high),
                  static_cast<unsigned long long>(low));
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

TEST(Example, GivesTheLayersResult) {
  Device device;
  if (device.banks() != 3) GTEST_SKIP() << "the example is for three banks";
  RandomLayers random(11, 3);
  const Map in = random.map(7, 7, 20);
  ConvLayer l{};
  l.g = {3, 3, 2, 2, 1, 1, 1, 1, 4, 4};
  l.in_channels = 20;
  l.out_channels = 40;
  l.weights = random.weights(40 * 20 * 9);
  for (int i = 0; i < 40; ++i) l.channels.push_back({i * 100 - 2000, random.scale(60000, false), {}});
  l.range.low = 0;

  const auto put = [&](std::uint32_t at, const auto& data) {
    std::memcpy(device.memory() + at, data.data(), data.size() * sizeof data[0]);
  };
  put(0x1000, to_planes(in));
  std::vector<std::uint64_t> params;
  for (const Channel& c : l.channels) params.push_back(parameter_word(c.bias, c.positive));
  put(0x3000, params);
  for (int block = 0; block < 2; ++block) {
    std::vector<std::int8_t> sets(45 * 128);
    for (int n = 0; n < 45; ++n) {
      // Nine taps of the first plane's four columns, then nine of the second's one.
      const int tap = n < 36 ? n / 4 : n - 36, first = n < 36 ? n % 4 * 4 : 16;
      for (int pair = 0; pair < 16; ++pair) {
        for (int i = 0; i < 4; ++i) {
          const auto w = [&](int o) { return o < 40 ? int{l.weight(o, first + i, tap / 3, tap % 3)} : 0; };
          const int o = block * 32 + pair * 2;
          std::int8_t* at = &sets[pair % 2 * 45 * 64 + n * 64 + pair / 2 * 8 + i * 2];
          at[0] = static_cast<std::int8_t>(w(o));
          at[1] = static_cast<std::int8_t>(w(o + 1) - (w(o) < 0 ? 1 : 0));
        }
      }
    }
    put(0x4000 + 0x2000 * block, sets);
  }
  device.allocate(0x9000);
  const RunResult run = device.run(example(3));
  ASSERT_EQ(run.status & 0xf07, 2U);
  const Map out = from_planes(reinterpret_cast<const std::int8_t*>(device.memory() + 0x2000), 4, 4, 40);
  EXPECT_EQ(out.data, conv_golden(l, in).data);
}

}  // namespace
}  // namespace cortado::fpga
