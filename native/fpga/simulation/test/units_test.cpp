// Single modules against their definitions: exhaustive where that is possible.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "../../../engine/arithmetic.h"
#include "Vbooth_multiplier.h"
#include "Vdsp_slice.h"
#include "Vrequant_lane.h"
#include "Vrequant_lane_luts.h"
#include "Vtoken_board.h"

namespace cortado::fpga {
namespace {

template <typename Model>
void tick(Model& m) {
  m.clk_i = 0;
  m.eval();
  m.clk_i = 1;
  m.eval();
}

int low_field(std::uint64_t p) { return static_cast<int>((p & 0x1ffff) ^ 0x10000) - 0x10000; }
int high_field(std::uint64_t p) {
  return static_cast<int>((p >> 17 & 0x3ffff) ^ 0x20000) - 0x20000 + static_cast<int>(p >> 16 & 1);
}

// Every pair of weights in [-127, 127] with every activation in [-128, 127]: both products from one
// multiplication.
TEST(DspSlice, PacksTwoProductsForAllOperands) {
  Vdsp_slice m;
  m.pcin_i = 0;
  for (int w1 = -127; w1 <= 127; ++w1) {
    for (int w0 = -127; w0 <= 127; ++w0) {
      m.weights_i = static_cast<std::uint16_t>((w1 - (w0 < 0 ? 1 : 0)) << 8 | (w0 & 0xff));
      m.load_i = 1;
      m.swap_i = 0;
      tick(m);
      m.load_i = 0;
      for (int i = 0; i < 256 + 2; ++i) {
        m.swap_i = i == 0;
        m.x_i = static_cast<std::uint8_t>(i - 128);
        tick(m);
        if (i < 2) continue;
        const int x = i - 2 - 128;
        ASSERT_EQ(low_field(m.p_o), w0 * x) << w1 << " " << w0 << " " << x;
        ASSERT_EQ(high_field(m.p_o), w1 * x) << w1 << " " << w0 << " " << x;
      }
    }
  }
}

// Sums of four products: the fields hold whatever PCIN brings of the three before.
TEST(DspSlice, AddsFourProducts) {
  Vdsp_slice m;
  std::mt19937 random(1);
  const auto pick = [&](int low, int high) {
    switch (random() % 4) {
      case 0:
        return low;
      case 1:
        return high;
      default:
        return std::uniform_int_distribution<int>(low, high)(random);
    }
  };
  for (int n = 0; n < 20000; ++n) {
    std::uint64_t p = 0;
    int low = 0, high = 0;
    for (int i = 0; i < 4; ++i) {
      const int w1 = pick(-127, 127), w0 = pick(-127, 127), x = pick(-128, 127);
      m.weights_i = static_cast<std::uint16_t>((w1 - (w0 < 0 ? 1 : 0)) << 8 | (w0 & 0xff));
      m.x_i = static_cast<std::uint8_t>(x);
      m.pcin_i = p;
      m.load_i = m.swap_i = 1;
      for (int t = 0; t < 5; ++t) tick(m);
      p = m.p_o;
      low += w0 * x;
      high += w1 * x;
    }
    ASSERT_EQ(low_field(p), low);
    ASSERT_EQ(high_field(p), high);
  }
}

TEST(BoothMultiplier, IsExactForAllOperands) {
  Vbooth_multiplier m;
  for (int a = -128; a < 128; ++a) {
    for (int b = -256; b < 256; ++b) {
      m.a_i = static_cast<std::uint8_t>(a);
      m.b_i = static_cast<std::uint16_t>(b & 0x1ff);
      m.eval();
      const int product = static_cast<int>(m.product_o ^ 0x10000) - 0x10000;
      ASSERT_EQ(product, a * b) << a << " * " << b;
    }
  }
}

struct LaneInput {
  std::int32_t acc, bias;
  int m, s, l, negative_m, negative_s, negative_l;
  bool leaky;
  int zero, low, high;
};

std::uint32_t scale_bits(int m, int s, int l) {
  return static_cast<std::uint32_t>(l << 21 | s << 16 | (m & 0xffff));
}

template <typename Lane>
void expect_the_one_arithmetic() {
  Lane m;
  std::mt19937_64 random(2);
  const auto number = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  std::vector<LaneInput> inputs;
  for (int n = 0; n < 400000; ++n) {
    LaneInput in{};
    // All magnitudes equally often, and the borders.
    const int bits = static_cast<int>(number(0, 30));
    in.acc = static_cast<std::int32_t>(number(-(std::int64_t{1} << bits), (std::int64_t{1} << bits)));
    if (number(0, 20) == 0) in.acc = number(0, 1) != 0 ? (1 << 30) - 1 : -(1 << 30);
    in.bias =
        static_cast<std::int32_t>(number(0, 3) == 0 ? number(-(1 << 30), (1 << 30) - 1) : number(-50, 50));
    in.m = static_cast<int>(number(1 << 14, (1 << 15) - 1));
    in.s = static_cast<int>(number(0, 31));
    in.l = in.s == 0 ? static_cast<int>(number(0, 8)) : 0;
    if (number(0, 9) == 0) in.m = 1 << 14, in.l = 1;  // plain rounding shift
    in.negative_m = static_cast<int>(number(-32767, 32767));
    in.negative_s = static_cast<int>(number(0, 31));
    in.negative_l = in.negative_s == 0 ? static_cast<int>(number(0, 8)) : 0;
    in.leaky = number(0, 2) == 0;
    if (number(0, 3) != 0) in.zero = static_cast<int>(number(-128, 127));
    in.low = static_cast<int>(number(0, 2) == 0 ? number(-128, 127) : -127);
    in.high = static_cast<int>(number(0, 2) == 0 ? number(in.low, 127) : 127);
    inputs.push_back(in);
  }
  constexpr int kLatency = 9;
  for (int n = 0; n < static_cast<int>(inputs.size()) + kLatency; ++n) {
    if (n < static_cast<int>(inputs.size())) {
      const LaneInput& in = inputs[n];
      m.acc_i = static_cast<std::uint32_t>(in.acc);
      m.bias_i = static_cast<std::uint32_t>(in.bias);
      m.scale_i = scale_bits(in.m, in.s, in.l);
      m.leaky_i = in.leaky;
    }
    if (n > 0 && n <= static_cast<int>(inputs.size())) {
      const LaneInput& before = inputs[n - 1];
      m.negative_scale_i = scale_bits(before.negative_m, before.negative_s, before.negative_l);
    }
    if (n + 1 < kLatency) {
      tick(m);
      continue;
    }
    const std::size_t at = static_cast<std::size_t>(n + 1 - kLatency);
    if (at >= inputs.size()) break;
    const LaneInput& in = inputs[at];
    m.zero_i = static_cast<std::uint8_t>(in.zero);
    m.low_i = static_cast<std::uint8_t>(in.low);
    m.high_i = static_cast<std::uint8_t>(in.high);
    tick(m);
    const std::int32_t v = in.acc + in.bias;
    const bool negative = in.leaky && v < 0;
    const std::int32_t a = saturating_left_shift(v, static_cast<unsigned>(negative ? in.negative_l : in.l));
    const std::int32_t t = rounding_doubling_high_multiply(a, negative ? in.negative_m : in.m);
    const std::int32_t shifted =
        rounding_shift_right(t, static_cast<unsigned>(negative ? in.negative_s : in.s));
    const std::int32_t y = std::clamp(shifted + in.zero, in.low, in.high);
    ASSERT_EQ(static_cast<std::int8_t>(m.y_o), y)
        << "acc " << in.acc << " bias " << in.bias << " m " << in.m << " s " << in.s << " l " << in.l
        << " leaky " << in.leaky << " " << in.negative_m << " " << in.negative_s << " " << in.negative_l
        << " zero " << in.zero << " in " << in.low << "," << in.high;
  }
}

TEST(RequantLane, EqualsTheOneArithmetic) { expect_the_one_arithmetic<Vrequant_lane>(); }
TEST(RequantLane, EqualsTheOneArithmeticWithProductsInLuts) {
  expect_the_one_arithmetic<Vrequant_lane_luts>();
}

// Whatever is given and taken at once, each counter holds what was given less what was taken.
TEST(TokenBoard, CountsPerPair) {
  Vtoken_board m;
  std::mt19937 random(3);
  m.rst_ni = 0;
  m.give_i = 0;
  m.take_i = 0;
  tick(m);
  m.rst_ni = 1;
  int count[4][4] = {};  // [taker][giver]
  for (int n = 0; n < 20000; ++n) {
    std::uint64_t give = 0;
    int added[4][4] = {};
    for (int lot = 0; lot < 3; ++lot) {
      for (int giver = 0; giver < 4; ++giver) {
        for (int taker = 0; taker < 4; ++taker) {
          if (count[taker][giver] > 50 || random() % 8 != 0) continue;
          give |= std::uint64_t{1} << (lot * 16 + giver * 4 + taker);
          ++added[taker][giver];
        }
      }
    }
    std::uint16_t wanted = static_cast<std::uint16_t>(random() & random() & 0xffff);
    m.give_i = give;
    m.wanted_i = wanted;
    m.take_i = 0;
    m.clk_i = 0;
    m.eval();
    const unsigned ready = m.ready_o;
    for (int taker = 0; taker < 4; ++taker) {
      bool all = true;
      for (int giver = 0; giver < 4; ++giver) {
        if ((wanted >> (taker * 4 + giver) & 1) != 0 && count[taker][giver] == 0) all = false;
      }
      ASSERT_EQ(ready >> taker & 1, all ? 1U : 0U);
      if (!all) continue;
      m.take_i |= 1U << taker;
      for (int giver = 0; giver < 4; ++giver) count[taker][giver] -= wanted >> (taker * 4 + giver) & 1;
    }
    m.eval();
    ASSERT_EQ(m.overflow_o, 0);
    tick(m);
    for (int taker = 0; taker < 4; ++taker) {
      for (int giver = 0; giver < 4; ++giver) count[taker][giver] += added[taker][giver];
    }
  }
}

}  // namespace
}  // namespace cortado::fpga
