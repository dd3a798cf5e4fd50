// The accelerator as a driver sees it: registers, interrupt, every error and the way out of it.
#include <gtest/gtest.h>

#include "random_layers.h"

namespace cortado::fpga {
namespace {

constexpr std::uint32_t kDone = 2, kError = 4;

unsigned error_code(std::uint32_t status) { return status >> 8 & 15; }

// A layer that must come out right: shows that the device is in order.
void expect_works(Device& device, std::uint64_t seed = 77) {
  RandomLayers random(seed, device.banks());
  const Map in = random.map(9, 8, 20);
  ConvLayer l = random.conv(in);
  l.raw = false;
  ConvPlan plan;
  plan.tile_groups = device.depth();
  const ConvRun run = run_conv(device, l, in, plan);
  ASSERT_EQ(run.run.status & 0xf07, kDone);
  ASSERT_EQ(run.out.data, conv_golden(l, in).data);
}

void expect_error_and_recovery(Device& device, const Program& program, unsigned code) {
  const RunResult run = device.run(program, 1'000'000);
  EXPECT_TRUE(run.interrupted);
  EXPECT_EQ(run.status & 7, kError);
  EXPECT_EQ(error_code(run.status), code);
  // No start without a reset.
  device.write(0x08, 1);
  EXPECT_EQ(device.read(0x0c) & 1, 0U);
  cortado_fpga_sim_fail_range(device.sim(), 0, 0);
  device.soft_reset();
  EXPECT_EQ(device.read(0x0c) & 0xf0f, 8U);
  expect_works(device);
}

TEST(Device, Registers) {
  Device device;
  EXPECT_EQ(device.read(0x00), 0x43544431U);
  EXPECT_EQ(device.read(0x0c), 8U);
  for (const std::uint32_t offset : {0x18U, 0x20U, 0x24U, 0x28U, 0x2cU, 0x30U}) {
    device.write(offset, 0x89abc000 + offset);
    EXPECT_EQ(device.read(offset), 0x89abc000 + offset);
  }
  device.write(0x1c, 0x12345);
  EXPECT_EQ(device.read(0x1c), 0x2345U);
  EXPECT_EQ(device.read(0x10), 3U);
  EXPECT_EQ(device.read(0x7c), 0U);
  EXPECT_EQ(device.read(0xffc), 0U);
}

TEST(Device, InterruptIsEnabledAndCleared) {
  Device device;
  Program program(device.banks());
  program.end({});
  device.write(0x10, 0);
  EXPECT_FALSE(device.run(program, 2000).interrupted);
  EXPECT_EQ(device.read(0x0c) & 7, kDone);
  device.write(0x10, 1);
  EXPECT_TRUE(device.run(program, 2000).interrupted);
  EXPECT_EQ(cortado_fpga_sim_wait_interrupt(device.sim(), 100), 0);
}

TEST(Device, StampsHoldCyclesAndTag) {
  Device device;
  Program program(device.banks());
  const std::uint32_t at = device.allocate(32, 8);
  program.stamp(at + 8, 0x1234, {});
  program.stamp(at + 16, 0xffff, {});
  program.end({});
  const RunResult run = device.run(program);
  std::uint64_t stamps[4];
  std::memcpy(stamps, device.memory() + at, sizeof stamps);
  EXPECT_EQ(stamps[0], 0U);
  EXPECT_EQ(stamps[1] >> 48, 0x1234U);
  EXPECT_EQ(stamps[2] >> 48, 0xffffU);
  EXPECT_GT(stamps[1] & 0xffffffffffff, 0U);
  EXPECT_GE(stamps[2] & 0xffffffffffff, stamps[1] & 0xffffffffffff);
  EXPECT_LT(stamps[2] & 0xffffffffffff, run.cycles);
  EXPECT_EQ(stamps[3], 0U);
}

TEST(Device, RefusesAnOpcodeThatDoesNotExist) {
  Device device;
  Program program(device.banks());
  program.raw(0, 0);
  expect_error_and_recovery(device, program, 1);
}

TEST(Device, ReportsReadErrorsOfEveryPort) {
  for (int port = 0; port < 3; ++port) {
    Device device(0.3, 5);
    Program program(device.banks());
    const std::uint32_t at = device.allocate(1 << 16, 4096);
    if (port == 0) program.load_weights(at, 200);
    if (port == 1) program.load_params(at, 4000, false, 0, {});
    if (port == 2) {
      for (int i = 0; i < 500; ++i) program.stamp(at + 32768, 0, {});
    }
    program.sync({kConv, 0, 0});  // never: the error comes first
    program.end({});
    const std::uint32_t begin = port == 2 ? device.allocate(0) + 4096 : at + 4096;
    cortado_fpga_sim_fail_range(device.sim(), Device::kBase + begin, Device::kBase + begin + 64);
    expect_error_and_recovery(device, program, 2);
  }
}

TEST(Device, ReportsWriteErrors) {
  Device device(0.3, 6);
  Program program(device.banks());
  const std::uint32_t at = device.allocate(1 << 16, 4096);
  program.set_walk(true, 100, {0}, 0, 0);
  program.transfer(true, at, 1000, 1, {0}, 0, {});
  program.end({});
  cortado_fpga_sim_fail_range(device.sim(), Device::kBase + at + 4000, Device::kBase + at + 4008);
  expect_error_and_recovery(device, program, 3);
}

TEST(Device, WatchdogEndsAWaitForATokenThatNeverComes) {
  Device device;
  device.write(0x30, 500);
  Program program(device.banks());
  program.sync({kConv, 0, 0});
  program.end({});
  expect_error_and_recovery(device, program, 4);
}

TEST(Device, WatchdogEndsAProgramWithoutEnd) {
  Device device;
  device.write(0x30, 500);
  Program program(device.banks());
  program.sync({});
  expect_error_and_recovery(device, program, 4);
}

TEST(Device, ReportsTokenOverflow) {
  Device device;
  Program program(device.banks());
  for (int i = 0; i < 70; ++i) program.sync({0, kConv, 0});
  program.end({});
  expect_error_and_recovery(device, program, 5);
}

TEST(Device, ReportsWeightsThatAreLeftOver) {
  Device device;
  Program program(device.banks());
  program.load_weights(device.allocate(4096), 3);
  program.load_params(device.allocate(4096), 300, false, 0, {0, kStore, 0});
  program.sync({kLoad, 0, 0});
  const std::uint32_t at = device.allocate(64);
  for (int i = 0; i < 40; ++i) program.stamp(at, 0, {});
  program.end({});
  expect_error_and_recovery(device, program, 7);
}

TEST(Device, ReportsATileThatIsTooLarge) {
  Device device;
  Program program(device.banks());
  Region r{};
  r.rows = 1;
  r.pixels = (device.depth() + 1) * device.banks();
  r.planes = 1;
  program.conv(r, 1, 1, true, true, false, {});
  program.end({});
  expect_error_and_recovery(device, program, 7);
}

// Stopped in the middle of its work, with bursts under way, the device comes back in order.
TEST(Device, SoftResetDuringARun) {
  for (const int cycles : {50, 300, 1000, 3000}) {
    Device device(0.2, static_cast<std::uint64_t>(cycles));
    Program program(device.banks());
    program.set_walk(false, 10, {0}, 1000, 1000);
    program.set_walk(true, 10, {0}, 1000, 1000);
    const std::uint32_t from = device.allocate(1 << 17), to = device.allocate(1 << 17);
    program.load_weights(from, 1000);
    for (int i = 0; i < 20; ++i) {
      program.transfer(false, from, 1000, 4, {0}, 0, {});
      program.transfer(true, to, 1000, 4, {0}, 0, {});
    }
    program.end({});
    const std::uint32_t at = device.place(program.words());
    device.write(0x18, Device::kBase + at);
    device.write(0x1c, static_cast<std::uint32_t>(program.words().size()));
    device.write(0x08, 1);
    cortado_fpga_sim_step(device.sim(), static_cast<std::uint64_t>(cycles));
    EXPECT_EQ(device.read(0x0c) & 1, 1U);
    device.soft_reset();
    EXPECT_STREQ(cortado_fpga_sim_protocol_error(device.sim()), "");
    expect_works(device);
  }
}

TEST(Device, RunsOneLayerAfterTheOther) {
  Device device(0.2, 9);
  for (std::uint64_t seed = 1; seed < 8; ++seed) expect_works(device, seed);
}

}  // namespace
}  // namespace cortado::fpga
