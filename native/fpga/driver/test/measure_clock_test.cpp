#include "measure_clock.h"

#include <gtest/gtest.h>

#include <vector>

#include "registers.h"

namespace cortado::test {
namespace {

class PlainMemory : public SharedMemory {
 public:
  explicit PlainMemory(std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}
  std::uint8_t* data() override { return bytes_.data(); }
  std::size_t bytes() const override { return bytes_.size(); }
  std::uint32_t physical_address() const override { return 0x18000000; }
  void sync_for_device(std::size_t, std::size_t) override {}
  void sync_for_cpu(std::size_t, std::size_t) override {}

 private:
  std::vector<std::uint8_t>& bytes_;
};

// An accelerator that keeps time: each access takes a microsecond, the watchdog its cycles.
class TimedDevice : public AcceleratorDevice {
 public:
  std::uint64_t hz = 100000000, time = 0;
  std::uint32_t code = 4;
  bool ends = true;
  std::vector<std::uint64_t> disturbances;  // nanoseconds that something else takes, run by run
  std::vector<std::uint8_t> memory;
  std::uint32_t watchdog = 0, program_address = 0, program_length = 0;

  const DeviceDescription& description() const override { return description_; }
  std::uint32_t read(std::uint32_t offset) override {
    time += 1000;
    if (offset != registers::kStatus || !running_) return 0;
    if (time < end_ || !ends) return registers::kBusy;
    return registers::kError | code << registers::kErrorCodeShift;
  }
  void write(std::uint32_t offset, std::uint32_t value) override {
    time += 1000;
    if (offset == registers::kWatchdog) watchdog = value;
    if (offset == registers::kProgramAddress) program_address = value;
    if (offset == registers::kProgramLength) program_length = value;
    if (offset != registers::kControl) return;
    running_ = value == registers::kStart;
    if (!running_) return;
    const std::uint64_t more = runs_ < disturbances.size() ? disturbances[runs_] : 0;
    ++runs_;
    end_ = time + watchdog * std::uint64_t{1000000000} / hz + more;
  }
  std::unique_ptr<SharedMemory> allocate(std::size_t bytes) override {
    memory.assign(bytes, 0);
    return std::make_unique<PlainMemory>(memory);
  }
  bool wait_for_interrupt(std::chrono::milliseconds) override { return false; }

 private:
  DeviceDescription description_;
  bool running_ = false;
  std::uint64_t end_ = 0;
  std::size_t runs_ = 0;
};

std::uint64_t measure(TimedDevice& device) {
  return measure_clock(device, [&] { return device.time; });
}

TEST(MeasureClock, IsWhatTheWatchdogTakes) {
  for (const std::uint64_t hz : {25000000U, 100000000U, 142900000U, 150000000U}) {
    TimedDevice device;
    device.hz = hz;
    EXPECT_EQ(measure(device), hz);
  }
}

TEST(MeasureClock, RunsAProgramThatWaitsForEverAndLeavesTheWatchdogAsItWas) {
  TimedDevice device;
  measure(device);
  EXPECT_EQ(device.memory, (std::vector<std::uint8_t>{0x1f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(device.program_address, 0x18000000U);
  EXPECT_EQ(device.program_length, 1U);
  EXPECT_EQ(device.watchdog, 1000000U);
  EXPECT_EQ(device.read(registers::kStatus), 0U);
}

TEST(MeasureClock, WhatElseTheProcessorDoesDoesNotCount) {
  TimedDevice device;
  device.disturbances = {5000000, 0, 9000000};
  EXPECT_EQ(measure(device), 100000000U);
}

TEST(MeasureClock, AnotherErrorOrNoneIsNoClock) {
  TimedDevice wrong;
  wrong.code = 2;
  EXPECT_EQ(measure(wrong), 0U);
  TimedDevice endless;
  endless.ends = false;
  EXPECT_EQ(measure(endless), 0U);
}

}  // namespace
}  // namespace cortado::test
