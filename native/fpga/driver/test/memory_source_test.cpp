// Shared memory by u-dma-buf, zocl and a reserved region, on a fake tree.
#include "memory_source.h"

#include <linux/ioctl.h>

#include <cstring>

#include "fake_system.h"

namespace cortado::test {
namespace {

constexpr char kMeminfo[] = "MemTotal: 506000 kB\nCmaTotal:       131072 kB\nCmaFree:         2048 kB\n";

class Memory : public testing::Test {
 protected:
  void u_dma_buf(const std::string& name, std::uint64_t physical, std::uint64_t bytes) {
    const std::string folder = "/sys/class/u-dma-buf/" + name;
    char text[32];
    std::snprintf(text, sizeof text, "0x%llx\n", static_cast<unsigned long long>(physical));
    root.write(folder + "/phys_addr", text);
    root.write(folder + "/size", std::to_string(bytes) + "\n");
    root.device("/dev/" + name, bytes);
    for (const char* command : {"/sync_for_device", "/sync_for_cpu"}) {
      system.on_write[folder + command] = [this, command](const std::string& word) {
        syncs.push_back(command + (" " + word));
        return error;
      };
    }
  }

  FakeRoot root;
  FakeSystem system{root};
  std::vector<std::string> syncs;
  int error = 0;
};

TEST_F(Memory, UDmaBufGivesTheLargestBufferThatThePortsReach) {
  u_dma_buf("udmabuf0", 0x18000000, 1 << 16);
  u_dma_buf("udmabuf1", 0x19000000, 1 << 20);
  u_dma_buf("udmabuf2", 0x100000000, 1 << 21);
  root.word("/dev/udmabuf1", 4096, 0xffffffff);
  const auto source = open_memory_source(system);
  const auto first = source->allocate(5000), second = source->allocate(100);
  EXPECT_EQ(first->physical_address(), 0x19000000U);
  EXPECT_EQ(second->physical_address(), 0x19002000U);
  EXPECT_EQ(first->bytes(), 5000U);
  EXPECT_EQ(std::vector<std::uint8_t>(first->data(), first->data() + 5000),
            std::vector<std::uint8_t>(5000, 0));
  first->data()[4096] = 7;
  EXPECT_EQ(root.word("/dev/udmabuf1", 4096), 7U);
  const std::vector<MemoryOffer> offers = u_dma_buf_offers(system);
  ASSERT_EQ(offers.size(), 3U);
  EXPECT_EQ(offers[1].name, "udmabuf1");
  EXPECT_EQ(offers[1].bytes, 1U << 20);
}

TEST_F(Memory, UDmaBufMaintainsWholeLinesOfTheCache) {
  u_dma_buf("udmabuf0", 0x18000000, 1 << 16);
  const auto source = open_memory_source(system);
  source->allocate(4096);
  const auto memory = source->allocate(4096);
  EXPECT_EQ(syncs.back(), "/sync_for_device 0x0000100000001005");
  memory->sync_for_device(100, 10);
  EXPECT_EQ(syncs.back(), "/sync_for_device 0x0000104000000045");
  memory->sync_for_cpu(0, 129);
  EXPECT_EQ(syncs.back(), "/sync_for_cpu 0x00001000000000C9");
  const std::size_t before = syncs.size();
  memory->sync_for_cpu(0, 0);
  EXPECT_EQ(syncs.size(), before);
}

TEST_F(Memory, UDmaBufTooSmallIsToldWithBothSizes) {
  u_dma_buf("udmabuf0", 0x18000000, 1 << 16);
  const auto source = open_memory_source(system);
  source->allocate(1 << 15);
  const Refusal refusal = refusal_of([&] { source->allocate(1 << 16); });
  EXPECT_EQ(refusal.code, "fpga.memory");
  EXPECT_NE(refusal.message.find("64 KiB"), std::string::npos);
  EXPECT_NE(refusal.message.find("32 KiB"), std::string::npos);
  EXPECT_NE(refusal.advice.find("cma="), std::string::npos);
  EXPECT_EQ(refusal_of([&] { source->allocate(~std::size_t{0}); }).code, "fpga.memory");
}

TEST_F(Memory, SyncFilesWithoutTheRightAreTold) {
  u_dma_buf("udmabuf0", 0x18000000, 1 << 16);
  error = EACCES;
  const auto source = open_memory_source(system);
  EXPECT_EQ(refusal_of([&] { source->allocate(64); }).code, "fpga.permission");
  error = EINVAL;
  EXPECT_EQ(refusal_of([&] { source->allocate(64); }).code, "fpga.memory.sync");
}

TEST_F(Memory, NothingToShareIsToldWithWhatWouldHelp) {
  const Refusal refusal = refusal_of([&] { open_memory_source(system); });
  EXPECT_EQ(refusal.code, "fpga.memory.none");
  EXPECT_NE(refusal.advice.find("u-dma-buf"), std::string::npos);
}

TEST_F(Memory, AReservedRegionIsFoundByItsNameInTheDeviceTree) {
  const std::string folder = "/proc/device-tree/reserved-memory/";
  root.write(folder + "#address-cells", std::string("\0\0\0\1", 4));
  root.write(folder + "#size-cells", std::string("\0\0\0\1", 4));
  root.write(folder + "other@10000000/reg", std::string("\x10\0\0\0\0\0\x10\0", 8));
  root.write(folder + "cortado@18000000/reg", std::string("\x18\0\0\0\0\1\0\0", 8));
  root.device("/dev/mem", 0x18010000);
  const auto source = open_memory_source(system);
  const auto memory = source->allocate(4096);
  EXPECT_EQ(memory->physical_address(), 0x18000000U);
  memory->data()[1] = 0x12;
  memory->sync_for_device(0, 4096);
  memory->sync_for_cpu(0, 4096);
  EXPECT_EQ(root.word("/dev/mem", 0x18000000), 0x1200U);
  EXPECT_EQ(refusal_of([&] { source->allocate(1 << 16); }).code, "fpga.memory");
  const std::vector<MemoryOffer> offers = reserved_memory_offers(system);
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers[0].bytes, 0x10000U);
}

TEST_F(Memory, AReservedRegionMayHaveAddressesOf64Bits) {
  const std::string folder = "/proc/device-tree/reserved-memory/";
  root.write(folder + "#address-cells", std::string("\0\0\0\2", 4));
  root.write(folder + "#size-cells", std::string("\0\0\0\2", 4));
  root.write(folder + "cortado@18000000/reg", std::string("\0\0\0\0\x18\0\0\0\0\0\0\0\0\0\x20\0", 16));
  const std::vector<MemoryOffer> offers = reserved_memory_offers(system);
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers[0].bytes, 0x2000U);
}

TEST_F(Memory, SizesOfCmaComeFromMeminfo) {
  root.write("/proc/meminfo", kMeminfo);
  EXPECT_EQ(contiguous_memory(system, "CmaTotal"), 131072U * 1024);
  EXPECT_EQ(contiguous_memory(system, "CmaFree"), 2048U * 1024);
  EXPECT_EQ(contiguous_memory(system, "CmaNone"), 0U);
}

// The DRM driver's side, as XRT documents its requests.
class ZoclMemory : public Memory {
 protected:
  void SetUp() override {
    root.device("/dev/dri/renderD128", 1 << 16);
    root.write("/proc/meminfo", kMeminfo);
    system.on_ioctl = [this](unsigned long request, void* argument) { return answer(request, argument); };
  }

  int answer(unsigned long request, void* argument) {
    const unsigned number = static_cast<unsigned>(_IOC_NR(request));
    std::uint64_t* longs = static_cast<std::uint64_t*>(argument);
    std::uint32_t* words = static_cast<std::uint32_t*>(argument);
    requests.push_back(number);
    switch (number) {
      case 0x00: {
        struct Version {
          int numbers[3];
          std::size_t bytes;
          char* name;
        };
        std::memcpy(static_cast<Version*>(argument)->name, driver.data(), driver.size());
        return 0;
      }
      case 0x40:
        if (old && words[3] != 0x18000000) return EINVAL;
        if (longs[0] > room) return ENOMEM;
        words[2] = 5;
        return 0;
      case 0x43:
        longs[1] = 0x1000;
        return 0;
      case 0x44:
        synced.assign(
            {words[0], words[1], static_cast<std::uint32_t>(longs[1]), static_cast<std::uint32_t>(longs[2])});
        return 0;
      case 0x45:
        longs[1] = 8192;
        longs[2] = physical;
        return 0;
      case 0x09:
        return 0;
      default:
        return ENOTTY;
    }
  }

  std::string driver = "zocl";
  bool old = false;
  std::uint64_t room = 1 << 20, physical = 0x1a000000;
  std::vector<unsigned> requests;
  std::vector<std::uint32_t> synced;
};

TEST_F(ZoclMemory, GivesMapsSyncsAndFreesABuffer) {
  const auto source = open_memory_source(system);
  {
    const auto memory = source->allocate(5000);
    EXPECT_EQ(memory->physical_address(), 0x1a000000U);
    EXPECT_EQ(memory->bytes(), 5000U);
    memory->data()[0] = 9;
    EXPECT_EQ(root.word("/dev/dri/renderD128", 0x1000), 9U);
    memory->sync_for_device(64, 128);
    EXPECT_EQ(synced, (std::vector<std::uint32_t>{5, 0, 64, 128}));
    memory->sync_for_cpu(0, 64);
    EXPECT_EQ(synced, (std::vector<std::uint32_t>{5, 1, 0, 64}));
  }
  EXPECT_EQ(requests.back(), 0x09U);
  ASSERT_EQ(zocl_offers(system).size(), 1U);
  EXPECT_EQ(zocl_offers(system)[0].bytes, 2048U * 1024);
}

TEST_F(ZoclMemory, OldDriversAreAskedWithTheirFlags) {
  old = true;
  EXPECT_EQ(open_memory_source(system)->allocate(100)->physical_address(), 0x1a000000U);
}

TEST_F(ZoclMemory, TooLittleCmaIsToldWithWhatIsFree) {
  const auto source = open_memory_source(system);
  const Refusal refusal = refusal_of([&] { source->allocate(4 << 20); });
  EXPECT_EQ(refusal.code, "fpga.memory");
  EXPECT_NE(refusal.message.find("4096 KiB"), std::string::npos);
  EXPECT_NE(refusal.message.find("2048 KiB"), std::string::npos);
  EXPECT_NE(refusal.advice.find("cma="), std::string::npos);
}

TEST_F(ZoclMemory, ABufferThatThePortsDoNotReachIsGivenBack) {
  physical = 0x800000000;
  const auto source = open_memory_source(system);
  EXPECT_EQ(refusal_of([&] { source->allocate(100); }).code, "fpga.memory.map");
  EXPECT_EQ(requests.back(), 0x09U);
}

TEST_F(ZoclMemory, AnotherDriversDeviceIsPassedOver) {
  driver = "etnaviv";
  EXPECT_EQ(refusal_of([&] { open_memory_source(system); }).code, "fpga.memory.none");
  EXPECT_TRUE(zocl_offers(system).empty());
}

}  // namespace
}  // namespace cortado::test
