// The executor with an accelerator that is a function of the test: what crosses, what is counted, what goes
// wrong.
#include "accelerator.h"

#include <gtest/gtest.h>

#include "accelerated_sample.h"
#include "check_device.h"
#include "fake_device.h"
#include "golden.h"

namespace cortado {
namespace {

using test::FakeDevice;
namespace r = registers;

class AcceleratorTest : public ::testing::Test {
 protected:
  AcceleratorTest()
      : bytes_(test::accelerated_sample_package(0)),
        network(read_package(bytes_.data(), bytes_.size(), {})),
        device(requirements_of(*network.accelerator)) {}

  ExecutorOptions options() {
    ExecutorOptions options;
    options.backend = Backend::kReference;
    options.offload = &accelerator;
    return options;
  }

  // What the accelerator would store: the sum of the golden input, by the reference, in planes of 16
  // channels.
  std::vector<std::uint8_t> golden_sum() {
    ExecutorOptions plain;
    plain.backend = Backend::kReference;
    Executor executor(network, plain);
    write_golden(network, network.goldens[0].inputs[0], executor.memory(network.inputs[0]));
    std::vector<std::uint8_t> planes(64 * 16, 0x77);
    executor.run([&](std::size_t operation) {
      if (output_of(network.operations[operation]) != test::kSampleSum) return;
      const BlobMemory memory = executor.memory(test::kSampleSum);
      const auto image = memory.as<const std::int8_t>();
      for (std::int32_t pixel = 0; pixel < 64; ++pixel)
        std::memcpy(planes.data() + pixel * 16, image.pixel(pixel / 8, pixel % 8), 12);
    });
    return planes;
  }

  // Stores the golden sum, stamps two layers, counts.
  void compute(FakeDevice& fake) {
    const std::vector<std::uint8_t> sum = golden_sum();
    std::memcpy(fake.at(0, test::kSampleSumAt), sum.data(), sum.size());
    const std::uint64_t stamps[] = {std::uint64_t{3} << 48 | 400, std::uint64_t{7} << 48 | 900};
    std::memcpy(fake.at(2, 0), stamps, sizeof stamps);
    fake.registers[r::kCyclesLow] = 950;
    fake.registers[r::kArrayActive] = 600;
    for (std::uint32_t port = 0; port < 4; ++port) fake.registers[r::kReadBeats + 4 * port] = port + 1;
    fake.registers[r::kWriteBeats] = 5;
    fake.registers[r::kStatus] = r::kDone;
  }

  Refusal refusal_of_run() {
    Executor executor(network, options());
    try {
      executor.run();
    } catch (const Refusal& refusal) {
      return refusal;
    }
    return {"not refused", "", ""};
  }

 private:
  test::AlignedBytes bytes_;

 public:
  Network network;
  FakeDevice device;
  Accelerator accelerator{network, device};
};

TEST_F(AcceleratorTest, TakesTheProcessorsPlace) {
  device.run = [&](FakeDevice& fake) {
    // The input is where the program expects it, pixel by pixel, and the program where the register says.
    const std::uint32_t program = fake.registers[r::kProgramAddress] - FakeDevice::kAddress;
    const AcceleratorRun& run = network.accelerator->runs[0];
    EXPECT_EQ(std::memcmp(fake.memory.data() + program, run.program.data(), run.program.size()), 0);
    EXPECT_EQ(fake.registers[r::kProgramLength], run.program.size() / 16);
    EXPECT_EQ(std::memcmp(fake.at(1, 0), network.accelerator->constants.data(), 256), 0);
    compute(fake);
  };
  Executor executor(network, options());
  const Verification verification = verify_goldens(network, executor);
  // Of the int8 blobs the input and the sum are seen; all others stay in the accelerator.
  EXPECT_EQ(verification.int8_blobs, 2U);
  EXPECT_EQ(verification.float_outputs.size(), 1U);
  EXPECT_EQ(device.starts, 1);
  EXPECT_TRUE(executor.offloaded(7));
  EXPECT_FALSE(executor.offloaded(8));
  EXPECT_EQ(executor.operations()[0].kernel, "accelerator");
  EXPECT_EQ(executor.operations()[0].packed_bytes, 0U);
  EXPECT_GT(executor.operations()[0].macs, 0U);
}

TEST_F(AcceleratorTest, CountsEachInferenceAnew) {
  device.run = [this](FakeDevice& fake) { compute(fake); };
  Executor executor(network, options());
  executor.run();
  executor.run();
  const AcceleratorCounters& counters = accelerator.counters();
  EXPECT_EQ(counters.cycles, 950U);
  EXPECT_EQ(counters.array_active, 600U);
  EXPECT_EQ(counters.read_bytes, (1U + 2 + 3 + 4) * 8);
  EXPECT_EQ(counters.write_bytes, 5U * 8);
  EXPECT_EQ(accelerator.layer_cycles()[3], 400U);
  EXPECT_EQ(accelerator.layer_cycles()[7], 500U);
  EXPECT_EQ(accelerator.layer_cycles()[0], 0U);
}

TEST_F(AcceleratorTest, NoticesAWrongValue) {
  device.run = [this](FakeDevice& fake) {
    compute(fake);
    *fake.at(0, test::kSampleSumAt + 5) ^= 1;
  };
  Executor executor(network, options());
  try {
    verify_goldens(network, executor);
    FAIL();
  } catch (const GoldenMismatch& mismatch) {
    EXPECT_EQ(mismatch.layer, "sum");
  }
}

TEST_F(AcceleratorTest, SaysWhyItStopped) {
  const char* const words[] = {"instruction does not exist",
                               "a read with an error",
                               "a write with an error",
                               "watchdog",
                               "token counter",
                               "activation buffer",
                               "unfinished"};
  for (std::uint32_t code = 1; code <= 7; ++code) {
    device.run = [&](FakeDevice& fake) { fake.registers[r::kStatus] = r::kError | code << 8; };
    const Refusal refusal = refusal_of_run();
    EXPECT_EQ(refusal.code, "fpga.error");
    EXPECT_NE(refusal.message.find(words[code - 1]), std::string::npos) << refusal.message;
    EXPECT_NE(refusal.message.find("\"stem\" to \"sum\""), std::string::npos) << refusal.message;
    EXPECT_EQ(device.resets, static_cast<int>(code));
  }
  // It works again afterwards.
  device.run = [this](FakeDevice& fake) { compute(fake); };
  EXPECT_EQ(refusal_of_run().code, "not refused");
}

TEST_F(AcceleratorTest, GivesUpWaiting) {
  device.raises_interrupt = false;
  device.run = [](FakeDevice& fake) { fake.registers[r::kStatus] = r::kBusy; };
  EXPECT_EQ(refusal_of_run().code, "fpga.timeout");
  EXPECT_EQ(device.resets, 1);
}

TEST(CheckDevice, RefusesWhatThePackageIsNotFor) {
  DeviceRequirements requirements;
  requirements.part = "xc7z020";
  requirements.config = 0x34400800;
  requirements.fingerprint = 0xabcdef01;
  const auto code_of = [&](const std::function<void(FakeDevice&)>& change) -> std::string {
    FakeDevice device(requirements);
    change(device);
    try {
      require_accelerator(device, requirements);
    } catch (const Refusal& refusal) {
      EXPECT_FALSE(refusal.advice.empty());
      return refusal.code;
    }
    return "";
  };
  EXPECT_EQ(code_of([](FakeDevice&) {}), "");
  EXPECT_EQ(code_of([](FakeDevice& device) { device.registers[r::kId] = 0xffffffff; }), "fpga.not-ours");
  EXPECT_EQ(code_of([](FakeDevice& device) { device.registers[r::kConfig] = 0x14200800; }), "fpga.config");
  EXPECT_EQ(code_of([](FakeDevice& device) { device.registers[r::kFingerprint] = 0; }), "fpga.bitstream");
  EXPECT_NO_THROW(require_part(requirements, "xc7z020"));
  EXPECT_THROW(require_part(requirements, "xc7z010"), Refusal);
}

}  // namespace
}  // namespace cortado
