// Random layers as programs on the simulated accelerator, bit for bit against the golden model, with stalls
// on the ports.
#include <gtest/gtest.h>

#include <cstdlib>

#include "random_layers.h"

namespace cortado::fpga {
namespace {

int layer_count() {
  const char* text = std::getenv("CORTADO_FPGA_LAYERS");
  return text == nullptr ? 60 : std::atoi(text);
}

std::string describe(const ConvLayer& l, const Map& in, const ConvPlan& p, std::uint64_t seed) {
  char text[400];
  std::snprintf(text, sizeof text,
                "seed %llu: %dx%dx%d -> %dx%dx%d kernel %dx%d stride %d,%d pad %d,%d of %d "
                "dilation %d,%d leaky %d raw %d zero %d in %d,%d; tile %u "
                "band %u chunk %u pitch +%u narrow %d keep %d other settings %d",
                static_cast<unsigned long long>(seed), in.height, in.width, in.channels, l.g.out_height,
                l.g.out_width, l.out_channels, l.g.kh, l.g.kw, l.g.sy, l.g.sx, l.g.py, l.g.px, l.pad_level,
                l.g.dy, l.g.dx, l.leaky, l.raw, l.range.zero, l.range.low, l.range.high, p.tile_groups,
                p.band_rows, p.chunk_planes, p.extra_pitch, p.narrow, p.keep, p.other_settings);
  return text;
}

void expect_clean(Device& device, const RunResult& run, const std::string& what) {
  ASSERT_TRUE(run.interrupted) << what << " status " << std::hex << run.status;
  ASSERT_EQ(run.status & 0xf07, 2U) << what << " status " << std::hex << run.status;
  ASSERT_STREQ(cortado_fpga_sim_protocol_error(device.sim()), "") << what;
}

std::size_t first_difference(const std::vector<std::int8_t>& a, const std::vector<std::int8_t>& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin());
}

// Half of the layers run without stalls, since stalls hide races that only a full pipeline shows.
double stall(RandomLayers& random) { return random.chance(0.5) ? 0 : 0.3 * random.number(1, 3); }

TEST(Layers, Convolution) {
  int tried = 0;
  for (int n = 0; n < layer_count(); ++n) {
    const std::uint64_t seed = 1000 + n;
    RandomLayers probe(seed, 1);
    Device device(stall(probe), seed);
    RandomLayers random(seed, device.banks());
    const Map in =
        random.map(random.number(1, 20), random.number(1, 20), random.number(1, random.chance(0.3) ? 4 : 70));
    const ConvLayer l = random.conv(in);
    const ConvPlan plan = random.conv_plan(l, in, device.depth());
    if (!conv_fits(device, l, in, plan)) continue;
    ++tried;
    const std::string what = describe(l, in, plan, seed);
    const ConvRun run = run_conv(device, l, in, plan);
    expect_clean(device, run.run, what);
    if (HasFatalFailure()) return;
    if (l.raw) {
      ASSERT_EQ(run.sums, conv_sums(l, in)) << what;
    } else {
      const Map golden = conv_golden(l, in);
      const std::size_t at = first_difference(run.out.data, golden.data);
      ASSERT_EQ(at, golden.data.size())
          << what << ": pixel " << at / l.out_channels << " channel " << at % l.out_channels << ": "
          << int{run.out.data[at]} << " instead of " << int{golden.data[at]};
    }
  }
  EXPECT_GT(tried, layer_count() / 2);
}

void vec_layers(VecKind kind, std::uint64_t first_seed) {
  int tried = 0;
  for (int n = 0; n < layer_count(); ++n) {
    const std::uint64_t seed = first_seed + n;
    RandomLayers probe(seed, 1);
    Device device(stall(probe), seed);
    RandomLayers random(seed, device.banks());
    const int height = random.number(1, 20), width = random.number(1, 20), channels = random.number(1, 50);
    const VecLayer l = random.vec(kind, height, width, channels);
    std::vector<Map> in{random.map(height, width, channels)};
    while (in.size() < l.multipliers.size()) in.push_back(random.map(height, width, channels));
    const VecPlan plan{random.chance(0.4) ? 1000U : random.number(1, 8), unsigned(random.number(0, 2)),
                       random.chance(0.5)};
    if (!vec_fits(device, l, in, plan)) continue;
    ++tried;
    char what[300];
    std::snprintf(what, sizeof what,
                  "seed %d: kind %d %dx%dx%d kernel %dx%d stride %d,%d pad %d,%d of %d zero %d in %d,%d "
                  "bias %d shift %d; band %u pitch +%u other settings %d",
                  static_cast<int>(seed), static_cast<int>(kind), height, width, channels, l.g.kh, l.g.kw,
                  l.g.sy, l.g.sx, l.g.py, l.g.px, l.pad_level, l.range.zero, l.range.low, l.range.high,
                  l.bias, l.shift, plan.band_rows, plan.extra_pitch, plan.other_settings);
    const ConvRun run = run_vec(device, l, in, plan);
    expect_clean(device, run.run, what);
    if (testing::Test::HasFatalFailure()) return;
    const Map golden = vec_golden(l, in);
    const std::size_t at = first_difference(run.out.data, golden.data);
    ASSERT_EQ(at, golden.data.size())
        << what << ": pixel " << at / channels << " channel " << at % channels << ": "
        << int{run.out.data[at]} << " instead of " << int{golden.data[at]};
  }
  EXPECT_GT(tried, layer_count() / 2);
}

TEST(Layers, Depthwise) { vec_layers(VecKind::kDepthwise, 2000); }
TEST(Layers, MaximumPooling) { vec_layers(VecKind::kMaximum, 3000); }
TEST(Layers, AveragePooling) { vec_layers(VecKind::kAverage, 4000); }
TEST(Layers, ElementwiseSum) { vec_layers(VecKind::kSum, 5000); }

}  // namespace
}  // namespace cortado::fpga
