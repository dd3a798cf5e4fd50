// The whole array: sums of many steps and tiles, with extremes, one bank draining while the other
// accumulates.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "Vmac_array.h"

namespace cortado::fpga {
namespace {

constexpr int kStreams = 1, kChannels = 4, kOutputs = 32;

struct Bench {
  Vmac_array m;
  std::mt19937 random{5};

  Bench() {
    m.rst_ni = 0;
    idle();
    for (int i = 0; i < 10; ++i) tick();
    m.rst_ni = 1;
  }
  void idle() { m.row_valid_i = m.valid_i = m.swap_i = 0; }
  void tick() {
    m.clk_i = 0;
    m.eval();
    m.clk_i = 1;
    m.eval();
  }
  int pick(int low, int high) {
    switch (random() % 4) {
      case 0:
        return low;
      case 1:
        return high;
      default:
        return std::uniform_int_distribution<int>(low, high)(random);
    }
  }
};

using Set = std::vector<int>;  // outputs x channels

void show_row(Bench& b, const Set& set, int row) {
  b.m.row_valid_i = 1;
  b.m.row_i = row;
  for (int word = 0; word < 4; ++word) b.m.row_data_i[word] = 0;
  for (int h = 0; h < 2; ++h) {
    for (int i = 0; i < kChannels; ++i) {
      const int w0 = set[(4 * row + 2 * h) * kChannels + i], w1 = set[(4 * row + 2 * h + 1) * kChannels + i];
      const unsigned bits = static_cast<unsigned>((w1 - (w0 < 0 ? 1 : 0)) & 0xff) << 8 | (w0 & 0xff);
      const int at = 8 * h + 2 * i;
      b.m.row_data_i[at / 4] |= bits << (8 * (at % 4));
    }
  }
}

std::int64_t sum_at(const Bench& b, int bank, int output) {
  const int bit = (bank * kOutputs + output) * 28;
  std::uint64_t value = 0;
  for (int i = 0; i < 28; ++i)
    value |= static_cast<std::uint64_t>(b.m.sums_o[(bit + i) / 32] >> ((bit + i) % 32) & 1) << i;
  return static_cast<std::int64_t>(value ^ 0x8000000) - 0x8000000;
}

TEST(MacArray, SumsTilesInBothBanks) {
  Bench b;
  int bank = 0;
  for (int tile = 0; tile < 60; ++tile) {
    const int groups = tile % 3 == 0 ? 64 : 1 + static_cast<int>(b.random() % 20),
              steps = 1 + static_cast<int>(b.random() % 40);
    std::vector<std::int64_t> expected(groups * kOutputs);
    Set next(kOutputs * kChannels);
    const auto draw = [&](Set& set) {
      for (int& w : set) w = b.pick(-127, 127);
    };
    draw(next);
    b.idle();
    for (int row = 0; row < 8; ++row) {
      show_row(b, next, row);
      b.tick();
    }
    for (int step = 0; step < steps; ++step) {
      const Set now = next;
      draw(next);
      // A step lasts at least as long as the next set takes to load.
      for (int t = 0; t < std::max(groups, 8); ++t) {
        b.idle();
        if (t < 8 && step + 1 < steps) show_row(b, next, t);
        if (t < groups) {
          b.m.valid_i = 1;
          b.m.swap_i = t == 0;
          b.m.clear_i = step == 0;
          b.m.bank_i = bank;
          b.m.group_i = t;
          std::uint32_t x = 0;
          for (int i = 0; i < kChannels; ++i) {
            const int v = b.pick(-128, 127);
            x |= static_cast<std::uint32_t>(v & 0xff) << (8 * i);
            for (int o = 0; o < kOutputs; ++o) expected[t * kOutputs + o] += now[o * kChannels + i] * v;
          }
          b.m.x_i = x;
        }
        b.tick();
      }
    }
    // The other bank is next; this one drains behind the last write.
    b.idle();
    b.m.bank_i = bank ^ 1;
    for (int t = 0; t < 14; ++t) b.tick();
    ASSERT_EQ(b.m.busy_o, 0);
    for (int g = 0; g < groups; ++g) {
      b.m.drain_group_i = g;
      b.m.clk_i = 0;
      b.m.eval();
      for (int o = 0; o < kOutputs; ++o) {
        ASSERT_EQ(sum_at(b, bank, o), expected[g * kOutputs + o])
            << "tile " << tile << " group " << g << " output " << o;
      }
    }
    bank ^= 1;
  }
}

}  // namespace
}  // namespace cortado::fpga
