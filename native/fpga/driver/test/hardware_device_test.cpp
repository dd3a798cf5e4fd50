// The whole device on a fake board: what is looked at, in which order, and how each failure ends.
#include "hardware_device.h"

#include <fcntl.h>
#include <sys/file.h>

#include "board_part.h"
#include "fabric_clock.h"
#include "fake_system.h"
#include "registers.h"

namespace cortado::test {
namespace {

constexpr char kManager[] = "/sys/class/fpga_manager/fpga0";
constexpr std::uint32_t kConfigValue = 0x34400800, kFingerprintValue = 0x1234abcd;
constexpr std::uint64_t kSlcr = 0xF8000000;
using std::chrono::milliseconds;

class Hardware : public testing::Test {
 protected:
  void SetUp() override {
    root.write("/proc/device-tree/compatible", std::string("tul,pynq-z2\0xlnx,zynq-7000\0", 27));
    root.write(std::string(kManager) + "/name", "Xilinx Zynq FPGA Manager\n");
    root.write(std::string(kManager) + "/state", "operating\n");
    root.write(std::string(kManager) + "/firmware", "");
    root.write("/lib/firmware/other", "");
    root.device("/dev/mem", kSlcr + 0x1000);
    // A crystal of 50 MHz times 20: 1 GHz from the IO PLL, divided by 5 and 4.
    root.write("/proc/device-tree/axi/slcr@f8000000/clkc@100/ps-clk-frequency",
               std::string("\x02\xfa\xf0\x80", 4));
    root.word("/dev/mem", kSlcr + 0x108, 20 << 12);
    root.word("/dev/mem", kSlcr + 0x170, 4 << 20 | 5 << 8);
  }

  void uio(const std::string& name = "fabric") {
    root.write("/sys/class/uio/uio0/name", "axi-pmon\n");
    root.write("/sys/class/uio/uio0/maps/map0/addr", "0xf8800000\n");
    root.write("/sys/class/uio/uio0/maps/map0/size", "0x1000\n");
    root.write("/sys/class/uio/uio1/name", name + "\n");
    root.write("/sys/class/uio/uio1/maps/map0/addr", "0x40000000\n");
    root.write("/sys/class/uio/uio1/maps/map0/size", "0x10000\n");
    root.device("/dev/uio1", 0x10000);
    accelerator("/dev/uio1", 0);
  }

  void accelerator(const std::string& device, std::uint64_t base) {
    root.word(device, base + registers::kId, registers::kIdValue);
    root.word(device, base + registers::kConfig, kConfigValue);
    root.word(device, base + registers::kFingerprint, kFingerprintValue);
  }

  std::unique_ptr<AcceleratorDevice> open(const std::string& bitstream = {}) {
    auto owned = std::make_unique<FakeSystem>(root);
    system = owned.get();
    if (prepare) prepare(*system);
    return open_hardware_device(required, bitstream, std::move(owned));
  }
  Refusal refusal(const std::string& bitstream = {}) {
    return refusal_of([&] { open(bitstream); });
  }
  std::string bitstream(const std::string& part, const std::string& user_id = "1234ABCD") {
    root.write("/given.bit", bit_file(part, "cortado_top;UserID=0X" + user_id));
    return root.path() + "/given.bit";
  }

  FakeRoot root;
  FakeSystem* system = nullptr;
  std::function<void(FakeSystem&)> prepare;
  DeviceRequirements required{"xc7z020", kConfigValue, kFingerprintValue, 100000000, 0, 1 << 20};
};

TEST_F(Hardware, ALoadedAcceleratorIsUsedByUioAndItsClockSet) {
  uio();
  const auto device = open();
  EXPECT_EQ(device->description().name, "uio1");
  EXPECT_EQ(device->description().part, "xc7z020");
  EXPECT_EQ(device->description().clock_hz, 100000000U);
  EXPECT_FALSE(device->description().simulated);
  EXPECT_EQ(root.word("/dev/mem", kSlcr + 0x170), 2U << 20 | 5 << 8);
  EXPECT_EQ(root.word("/dev/mem", kSlcr + 0x004), 0x767BU);
  EXPECT_EQ(device->read(registers::kId), registers::kIdValue);
  device->write(registers::kWatchdog, 77);
  EXPECT_EQ(root.word("/dev/uio1", registers::kWatchdog), 77U);
}

TEST_F(Hardware, WithoutUioTheRegistersAreReachedByDevMem) {
  accelerator("/dev/mem", 0x40000000);
  EXPECT_EQ(open()->description().name, "/dev/mem");
}

TEST_F(Hardware, AUioDeviceNamedCortadoIsPreferred) {
  uio("cortado");
  root.write("/sys/class/uio/uio1/maps/map0/addr", "0x43c00000\n");
  EXPECT_EQ(open()->description().name, "uio1");
}

TEST_F(Hardware, ABitstreamIsLoadedBeforeTheRegistersAreRead) {
  uio();
  root.write(std::string(kManager) + "/state", "unknown\n");
  root.word("/dev/uio1", registers::kId, 0);
  prepare = [&](FakeSystem& fake) {
    fake.on_write[std::string(kManager) + "/firmware"] = [&](const std::string&) {
      root.write(std::string(kManager) + "/state", "operating\n");
      root.word("/dev/uio1", registers::kId, registers::kIdValue);
      return 0;
    };
  };
  EXPECT_EQ(open(bitstream("7z020clg400"))->read(registers::kId), registers::kIdValue);
}

TEST_F(Hardware, ABitstreamForAnotherPartNeverReachesTheManager) {
  uio();
  bool touched = false;
  prepare = [&](FakeSystem& fake) {
    fake.on_write[std::string(kManager) + "/firmware"] = [&](const std::string&) {
      touched = true;
      return 0;
    };
  };
  EXPECT_EQ(refusal(bitstream("7z010clg400")).code, "fpga.bitstream.part");
  EXPECT_EQ(refusal(bitstream("7z020clg400", "00000001")).code, "fpga.bitstream.fingerprint");
  EXPECT_FALSE(touched);
}

TEST_F(Hardware, APackageForAnotherPartIsRefused) {
  uio();
  required.part = "xc7z010";
  const Refusal found = refusal();
  EXPECT_EQ(found.code, "fpga.part");
  EXPECT_NE(found.message.find("xc7z010, and the board has xc7z020"), std::string::npos);
}

TEST_F(Hardware, LogicThatIsNotConfiguredIsNotRead) {
  uio();
  root.write(std::string(kManager) + "/state", "power off\n");
  EXPECT_EQ(refusal().code, "fpga.bitstream.missing");
}

TEST_F(Hardware, AnotherDesignIsTold) {
  uio();
  root.word("/dev/uio1", registers::kId, 0x12345678);
  EXPECT_EQ(refusal().code, "fpga.bitstream.foreign");
}

// An address that nobody answers ends in a bus error, as it does behind the end of a file.
TEST_F(Hardware, AnAddressThatNobodyAnswersIsTold) {
  root.device("/dev/mem", 0x40000000);
  EXPECT_EQ(refusal().code, "fpga.bitstream.foreign");
}

TEST_F(Hardware, AnotherConfigurationOrOtherSourcesAreTold) {
  uio();
  root.word("/dev/uio1", registers::kConfig, 0x14200800);
  EXPECT_EQ(refusal().code, "fpga.bitstream.fingerprint");
  accelerator("/dev/uio1", 0);
  root.word("/dev/uio1", registers::kFingerprint, 1);
  const Refusal found = refusal();
  EXPECT_EQ(found.code, "fpga.bitstream.fingerprint");
  EXPECT_NE(found.message.find("sources 00000001"), std::string::npos);
}

TEST_F(Hardware, ABoardWithoutLogicIsTold) {
  (void)!::system(("rm -rf '" + root.path() + "/sys'").c_str());
  EXPECT_EQ(refusal().code, "fpga.absent");
}

TEST_F(Hardware, NoWayToTheRegistersIsTold) {
  std::remove((root.path() + "/dev/mem").c_str());
  EXPECT_EQ(refusal().code, "fpga.registers");
}

TEST_F(Hardware, AnAcceleratorInUseIsTold) {
  uio();
  const FileDescriptor other(::open((root.path() + "/dev/uio1").c_str(), O_RDWR));
  ASSERT_EQ(flock(other.number(), LOCK_EX), 0);
  EXPECT_EQ(refusal().code, "fpga.busy");
}

TEST_F(Hardware, AUserWithoutTheRightIsTold) {
  uio();
  chmod(root.path().c_str(), 0755);
  chmod((root.path() + "/dev/uio1").c_str(), 0);
  // Root may open every file: be somebody else for a moment.
  const uid_t before = geteuid();
  ASSERT_EQ(before == 0 ? seteuid(65534) : 0, 0);
  const Refusal found = refusal();
  ASSERT_EQ(seteuid(before), 0);
  EXPECT_EQ(found.code, "fpga.permission");
  EXPECT_NE(found.message.find("/dev/uio1"), std::string::npos);
}

TEST_F(Hardware, WaitsForTheInterruptAndLooksAtTheStatus) {
  uio();
  const auto device = open();
  device->write(registers::kInterruptEnable, registers::kInterruptDone | registers::kInterruptError);
  int waits = 0;
  system->on_wait = [&] {
    // The first interrupt is one that was left over.
    if (++waits == 2) root.word("/dev/uio1", registers::kInterruptStatus, registers::kInterruptDone);
    return true;
  };
  EXPECT_TRUE(device->wait_for_interrupt(milliseconds(60000)));
  EXPECT_EQ(waits, 2);
  EXPECT_EQ(system->allowed, 2);
  // Already there: nothing to wait for.
  EXPECT_TRUE(device->wait_for_interrupt(milliseconds(0)));
  EXPECT_EQ(waits, 2);
}

TEST_F(Hardware, AnInterruptThatIsNotEnabledDoesNotCount) {
  uio();
  const auto device = open();
  root.word("/dev/uio1", registers::kInterruptStatus, registers::kInterruptDone);
  EXPECT_FALSE(device->wait_for_interrupt(milliseconds(0)));
}

TEST_F(Hardware, WithoutAnInterruptLineTheStatusIsPolled) {
  uio();
  prepare = [](FakeSystem& fake) { fake.interrupts = false; };
  const auto device = open();
  device->write(registers::kInterruptEnable, registers::kInterruptDone);
  EXPECT_FALSE(device->wait_for_interrupt(milliseconds(2)));
  root.word("/dev/uio1", registers::kInterruptStatus, registers::kInterruptDone);
  EXPECT_TRUE(device->wait_for_interrupt(milliseconds(60000)));
  EXPECT_EQ(system->allowed, 1);
}

TEST_F(Hardware, MemoryComesFromTheBoardsSource) {
  uio();
  root.write("/sys/class/u-dma-buf/udmabuf0/phys_addr", "0x18000000\n");
  root.write("/sys/class/u-dma-buf/udmabuf0/size", "65536\n");
  root.write("/sys/class/u-dma-buf/udmabuf0/sync_for_device", "");
  root.device("/dev/udmabuf0", 65536);
  const auto device = open();
  EXPECT_EQ(device->allocate(100)->physical_address(), 0x18000000U);
  EXPECT_EQ(refusal_of([&] { device->allocate(1 << 20); }).code, "fpga.memory");
}

TEST(FabricClock, IsTheFastestThatIsNotAboveTheWantedOne) {
  const auto hz = [](std::uint64_t source, std::uint64_t wanted) {
    const Dividers dividers = choose_dividers(source, wanted);
    return dividers.first == 0 ? 0 : source / (dividers.first * dividers.second);
  };
  EXPECT_EQ(hz(1000000000, 100000000), 100000000U);
  EXPECT_EQ(hz(1000000000, 150000000), 142857142U);
  // 33 333 333 Hz times 30: a Hertz too little is no reason to divide by more.
  EXPECT_EQ(hz(33333333ULL * 48, 100000000), 99999999U);
  EXPECT_EQ(hz(33333334ULL * 48, 100000000), 100000002U);
  EXPECT_EQ(hz(1000000000, 100000), 0U);
}

TEST_F(Hardware, AClockThatCannotBeIsTold) {
  uio();
  required.clock_hz = 1000;
  EXPECT_EQ(refusal().code, "fpga.clock");
}

// Then it is measured, and these registers are plain files, where no program ends.
TEST_F(Hardware, AClockThatCanNeitherBeReadNorMeasuredIsTold) {
  uio();
  std::remove((root.path() + "/dev/mem").c_str());
  EXPECT_EQ(refusal().code, "fpga.memory.none");
  root.write("/sys/class/u-dma-buf/udmabuf0/phys_addr", "0x18000000\n");
  root.write("/sys/class/u-dma-buf/udmabuf0/size", "65536\n");
  root.write("/sys/class/u-dma-buf/udmabuf0/sync_for_device", "");
  root.device("/dev/udmabuf0", 65536);
  const Refusal found = refusal();
  EXPECT_EQ(found.code, "fpga.clock");
  EXPECT_NE(found.message.find("measured"), std::string::npos);
  EXPECT_EQ(root.word("/dev/udmabuf0", 0), 0x1fU);
}

TEST_F(Hardware, UltraScaleHasItsOwnAddresses) {
  root.write("/proc/device-tree/compatible", std::string("avnet,ultra96-v2\0xlnx,zynqmp\0", 29));
  std::remove((root.path() + "/proc/device-tree/axi/slcr@f8000000/clkc@100/ps-clk-frequency").c_str());
  root.device("/dev/mem", 0xFF5E1000);
  // 33.333 MHz times 90, halved: 1.5 GHz, to be divided by 15.
  root.word("/dev/mem", 0xFF5E0020, 1 << 16 | 90 << 8);
  root.word("/dev/mem", 0xFF5E00C0, 1 << 24 | 1 << 16 | 30 << 8);
  accelerator("/dev/mem", 0xA0000000);
  required.part = "xczu3eg";
  const auto device = open();
  EXPECT_EQ(device->description().clock_hz, 99999999U);
  EXPECT_EQ(root.word("/dev/mem", 0xFF5E00C0), 1U << 24 | 3 << 16 | 5 << 8);
}

TEST_F(Hardware, TheBoardsPartComesFromTheKernelOrTheDeviceTree) {
  FakeSystem fake(root);
  EXPECT_EQ(board_part(fake), "xc7z020");
  root.write("/sys/devices/soc0/family", "Xilinx Zynq\n");
  root.write("/sys/devices/soc0/soc_id", "0x2\n");
  EXPECT_EQ(board_part(fake), "xc7z010");
  root.write("/sys/devices/soc0/soc_id", "0x0\n");
  EXPECT_EQ(board_part(fake), "xc7z020");
  root.write("/proc/device-tree/compatible", std::string("acme,other\0", 11));
  EXPECT_EQ(board_part(fake), "");
  EXPECT_EQ(zynq_family(fake), ZynqFamily::kNone);
}

}  // namespace
}  // namespace cortado::test
