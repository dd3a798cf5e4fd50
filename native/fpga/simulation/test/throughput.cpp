// Cycles of single layers of well-known networks: what the array reaches with one layer's program, its first
// loads and last stores included. Prints a table; exits with 1 where a result is wrong.
#include <cstdio>

#include "random_layers.h"

namespace {

using namespace cortado::fpga;

struct Case {
  const char* name;
  int size, in, out, kernel, stride;
  unsigned band;
  bool keep, narrow;
};

constexpr Case kCases[] = {
    {"ResNet conv1 7x7/2", 224, 3, 64, 7, 2, 8, true, true},
    {"ResNet layer1 3x3", 56, 64, 64, 3, 1, 14, true, false},
    {"ResNet layer2 3x3", 28, 128, 128, 3, 1, 14, false, false},
    {"ResNet layer3 3x3", 14, 256, 256, 3, 1, 14, false, false},
    {"ResNet layer4 3x3", 7, 512, 512, 3, 1, 7, false, false},
    {"ResNet fc", 1, 512, 1000, 1, 1, 1, false, false},
    {"MobileNet pw 28", 28, 256, 256, 1, 1, 14, false, false},
    {"MobileNet pw 14", 14, 512, 512, 1, 1, 14, false, false},
    {"SqueezeNet expand1", 56, 16, 64, 1, 1, 14, true, false},
    {"SqueezeNet expand3", 56, 16, 64, 3, 1, 14, true, false},
};

}  // namespace

int main() {
  bool right = true;
  std::printf("%-20s %9s %9s %6s %6s | waits: weights, tokens, drain | bytes/cycle\n", "layer", "cycles",
              "ideal", "eff %", "array%");
  for (const Case& c : kCases) {
    Device device(0, 1, 15, 40);
    RandomLayers random(7, device.banks());
    const Map in = random.map(c.size, c.size, c.in);
    ConvLayer l{};
    const int pad = c.kernel / 2, out = (c.size + 2 * pad - c.kernel) / c.stride + 1;
    l.g = {c.kernel, c.kernel, c.stride, c.stride, pad, pad, 1, 1, out, out};
    l.in_channels = c.in;
    l.out_channels = c.out;
    l.weights = random.weights(static_cast<std::size_t>(c.out) * c.in * c.kernel * c.kernel);
    for (int o = 0; o < c.out; ++o) l.channels.push_back({o, random.scale(200000, false), {}});
    ConvPlan plan;
    plan.tile_groups = device.depth();
    plan.band_rows = c.band;
    plan.keep = c.keep;
    plan.narrow = c.narrow;
    if (!conv_fits(device, l, in, plan)) {
      std::printf("%-20s does not fit\n", c.name);
      continue;
    }
    const ConvRun run = run_conv(device, l, in, plan);
    right = right && (run.run.status & 0xf07) == 2 && run.out.data == conv_golden(l, in).data;
    const double macs = static_cast<double>(out) * out * c.out * c.in * c.kernel * c.kernel;
    const double ideal = macs / (device.banks() * 128);
    const RunResult& r = run.run;
    std::printf("%-20s %9u %9.0f %6.1f %6.1f | %u, %u, %u | %.1f %s\n", c.name, r.cycles, ideal,
                100 * ideal / r.cycles, 100.0 * r.mac_active / r.cycles, r.wait_weights, r.wait_tokens,
                r.wait_drain, 8.0 * (r.read_beats + r.write_beats) / r.cycles, right ? "" : "WRONG");
  }
  return right ? 0 : 1;
}
