// Loading a bitstream by the FPGA manager and by /dev/xdevcfg, on a fake tree.
#include "bitstream_loader.h"
#include "fake_system.h"

namespace cortado::test {
namespace {

constexpr char kManager[] = "/sys/class/fpga_manager/fpga0";

class Configuration : public testing::Test {
 protected:
  void manager(const std::string& state) {
    root.write(std::string(kManager) + "/name", "Xilinx Zynq FPGA Manager\n");
    root.write(std::string(kManager) + "/state", state + "\n");
    root.write(std::string(kManager) + "/flags", "1\n");
    root.write(std::string(kManager) + "/firmware", "");
    root.write("/lib/firmware/other", "");
    // The kernel reads the file that it is told of, there and then.
    system.on_write[std::string(kManager) + "/firmware"] = [this](const std::string& name) {
      loaded = root.text("/lib/firmware/" + name);
      if (error == 0) root.write(std::string(kManager) + "/state", after + "\n");
      return error;
    };
  }
  Refusal load() {
    return refusal_of([&] { load_bitstream(system, find_configuration_port(system), bitstream); });
  }

  FakeRoot root;
  FakeSystem system{root};
  Bitstream bitstream = parse_bitstream(bit_file("7z020clg400", "cortado_top;UserID=0X1"), "a.bit");
  std::string loaded, after = "operating";
  int error = 0;
};

TEST_F(Configuration, TheManagerTakesTheTurnedBytesAndTheFileIsRemoved) {
  manager("unknown");
  EXPECT_FALSE(is_configured(system, find_configuration_port(system)));
  EXPECT_EQ(load().code, "(no refusal)");
  const std::vector<std::uint8_t> firmware = firmware_of(bitstream);
  EXPECT_EQ(loaded, std::string(firmware.begin(), firmware.end()));
  EXPECT_EQ(root.text(std::string(kManager) + "/flags")[0], '0');
  EXPECT_EQ(system.names("/lib/firmware"), std::vector<std::string>{"other"});
  EXPECT_TRUE(is_configured(system, find_configuration_port(system)));
}

TEST_F(Configuration, AnErrorOfTheManagerIsToldWithItsState) {
  manager("write init error");
  error = EIO;
  const Refusal refusal = load();
  EXPECT_EQ(refusal.code, "fpga.manager");
  EXPECT_NE(refusal.message.find("write init error"), std::string::npos);
  EXPECT_EQ(system.names("/lib/firmware"), std::vector<std::string>{"other"});
}

TEST_F(Configuration, AStateThatIsNotOperatingIsAnError) {
  manager("unknown");
  after = "write complete error";
  const Refusal refusal = load();
  EXPECT_EQ(refusal.code, "fpga.manager");
  EXPECT_NE(refusal.message.find("write complete error"), std::string::npos);
}

TEST_F(Configuration, AUserWithoutTheRightIsTold) {
  manager("unknown");
  error = EACCES;
  const Refusal refusal = load();
  EXPECT_EQ(refusal.code, "fpga.permission");
  EXPECT_NE(refusal.message.find(kManager), std::string::npos);
  EXPECT_NE(refusal.message.find(std::to_string(geteuid())), std::string::npos);
  EXPECT_NE(refusal.advice.find("udev"), std::string::npos);
}

TEST_F(Configuration, AKernelThatWantsOverlaysIsToldApart) {
  manager("unknown");
  std::remove((root.path() + kManager + "/firmware").c_str());
  const Refusal refusal = load();
  EXPECT_EQ(refusal.code, "fpga.manager");
  EXPECT_NE(refusal.message.find("overlays"), std::string::npos);
}

TEST_F(Configuration, AFolderForFirmwareThatIsNotThereIsTold) {
  manager("unknown");
  (void)!std::system(("rm -rf '" + root.path() + "/lib'").c_str());
  const Refusal refusal = load();
  EXPECT_EQ(refusal.code, "fpga.manager");
  EXPECT_NE(refusal.message.find("/lib/firmware"), std::string::npos);
}

TEST_F(Configuration, TheOldDeviceTakesTheSameBytes) {
  root.write("/dev/xdevcfg", "");
  root.write("/sys/devices/soc0/amba/f8007000.devcfg/prog_done", "1\n");
  EXPECT_EQ(load().code, "(no refusal)");
  const std::vector<std::uint8_t> firmware = firmware_of(bitstream);
  EXPECT_EQ(root.text("/dev/xdevcfg"), std::string(firmware.begin(), firmware.end()));
}

TEST_F(Configuration, TheOldDeviceSaysWhetherTheLogicIsConfigured) {
  root.write("/dev/xdevcfg", "");
  root.write("/sys/devices/soc0/amba/f8007000.devcfg/prog_done", "0\n");
  EXPECT_EQ(load().code, "fpga.manager");
}

TEST_F(Configuration, WithoutEitherThereIsNothingToLoadBy) { EXPECT_EQ(load().code, "fpga.absent"); }

}  // namespace
}  // namespace cortado::test
