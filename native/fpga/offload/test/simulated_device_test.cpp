// What the simulated device refuses; that it computes is shown by the whole way
// (test/deploy/virtual-zynq.test.ts).
#include "simulated_device.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "refusal.h"

namespace cortado {
namespace {

class SimulatedDevice : public ::testing::Test {
 protected:
  SimulatedDevice() {
    char name[] = "/tmp/cortado-simulation-XXXXXX";
    options.folder = mkdtemp(name);
    requirements.part = "xc7z020";
    requirements.clock_hz = 100000000;
    requirements.memory_bytes_per_second = 1000000000;
    requirements.shared_bytes = 8192;
  }
  ~SimulatedDevice() override {
    for (const char* name : {"/cortado-fpga-simulator", "/libcortado_fpga_xc7z020.so"})
      unlink((options.folder + name).c_str());
    rmdir(options.folder.c_str());
  }

  // A simulator that is a script of the shell.
  void install(const std::string& script) {
    const std::string path = options.folder + "/cortado-fpga-simulator";
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    chmod(path.c_str(), 0700);
    std::ofstream(options.folder + "/libcortado_fpga_xc7z020.so") << "";
  }

  Refusal refusal() {
    try {
      open_simulated_device(requirements, options);
    } catch (const Refusal& refusal) {
      return refusal;
    }
    return {"not refused", "", ""};
  }

  DeviceRequirements requirements;
  SimulationOptions options;
};

TEST_F(SimulatedDevice, SaysHowToBuildWhatIsNotThere) {
  EXPECT_EQ(refusal().code, "fpga.simulation");
  EXPECT_NE(refusal().advice.find("npm run fpga:simulator"), std::string::npos);
}

TEST_F(SimulatedDevice, IsOfOnePart) {
  install("exit 1");
  options.part = "xc7z010";
  EXPECT_EQ(refusal().code, "fpga.part");
}

TEST_F(SimulatedDevice, OutlivesASimulatorThatDoesNot) {
  install("exit 1");
  EXPECT_EQ(refusal().code, "fpga.simulation");
  install("read line; echo 5; exit 0");
  EXPECT_EQ(refusal().code, "fpga.not-ours");
}

TEST_F(SimulatedDevice, RefusesMoreMemoryThanThereIs) {
  install("exit 1");
  requirements.shared_bytes = std::uint64_t{1} << 40;
  EXPECT_EQ(refusal().code, "fpga.memory");
}

TEST_F(SimulatedDevice, TalksToItsSimulator) {
  requirements.config = 7;
  requirements.fingerprint = 9;
  install(
      "while read what offset value; do case \"$what $offset\" in 'read 0') echo 1129595953;; 'read 4') echo "
      "7;; "
      "'read 120') echo 9;; 'wait 500000') echo '1 ';; wait*) echo '1 a rule';; *) echo ok;; esac; done");
  const auto device = open_simulated_device(requirements, options);
  EXPECT_TRUE(device->description().simulated);
  EXPECT_EQ(device->description().memory_bytes_per_second, 1000000000U);
  const auto memory = device->allocate(8192);
  EXPECT_EQ(memory->physical_address() % 4096, 0U);
  memory->data()[8191] = 1;
  EXPECT_THROW(device->allocate(1), Refusal);
  EXPECT_TRUE(device->wait_for_interrupt(std::chrono::milliseconds(5)));
  EXPECT_THROW(device->wait_for_interrupt(std::chrono::milliseconds(6)), Refusal);
}

}  // namespace
}  // namespace cortado
