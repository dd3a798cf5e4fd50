// Buffers of the kernel module u-dma-buf: contiguous memory with a device file and, in sysfs, its address and
// the maintenance of the caches.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "carved_memory.h"
#include "refusal.h"

namespace cortado {
namespace {

// The class was called udmabuf before version 2 of the module.
constexpr const char* kClasses[] = {"/sys/class/u-dma-buf/", "/sys/class/udmabuf/"};
// The module maintains whole lines of the cache; 64 bytes is the longest of any core here.
constexpr std::size_t kLine = 64;

struct Buffer {
  std::string folder, name;
  std::uint64_t physical = 0, bytes = 0;
};

std::vector<Buffer> buffers(const LinuxSystem& system) {
  std::vector<Buffer> found;
  for (const char* folder : kClasses) {
    for (const std::string& name : system.names(folder)) {
      const std::string path = folder + name;
      found.push_back({path, name, system.number(path + "/phys_addr").value_or(0),
                       system.number(path + "/size").value_or(0)});
    }
  }
  return found;
}

// The file is opened without O_SYNC, so the mapping is cached, and whatever changes hands goes through the
// module's sync files.
class CachedRegion : public MemoryRegion {
 public:
  CachedRegion(LinuxSystem& system, std::string folder, FileDescriptor file, MappedMemory memory,
               std::uint64_t physical)
      : MemoryRegion(std::move(file), std::move(memory), physical),
        system_(system),
        folder_(std::move(folder)) {}

  void sync(std::size_t offset, std::size_t bytes, bool for_device) override {
    const std::size_t first = offset / kLine * kLine;
    const std::size_t end = (offset + bytes + kLine - 1) / kLine * kLine;
    // One word says it all: offset, size, direction (1 to the device, 2 from it) and the command itself.
    const unsigned direction = for_device ? 1U : 2U;
    char text[32];
    std::snprintf(text, sizeof text, "0x%08X%08X", static_cast<unsigned>(first),
                  static_cast<unsigned>(end - first) | direction << 2 | 1U);
    const std::string file = folder_ + (for_device ? "/sync_for_device" : "/sync_for_cpu");
    const int error = system_.write_text(file, text);
    if (error == EACCES || error == EPERM) refuse_permission(system_, file);
    if (error != 0) {
      throw Refusal{"fpga.memory.sync",
                    "The caches of the shared memory cannot be written back: " + file + ": " +
                        std::strerror(error) + ".",
                    "See what the kernel says of it (dmesg)."};
    }
  }

 private:
  LinuxSystem& system_;
  std::string folder_;
};

}  // namespace

std::vector<MemoryOffer> u_dma_buf_offers(const LinuxSystem& system) {
  std::vector<MemoryOffer> offers;
  for (const Buffer& buffer : buffers(system)) offers.push_back({"u-dma-buf", buffer.name, buffer.bytes});
  return offers;
}

std::unique_ptr<MemorySource> open_u_dma_buf(LinuxSystem& system) {
  // The largest that the accelerator's ports reach.
  const Buffer* best = nullptr;
  const std::vector<Buffer> all = buffers(system);
  for (const Buffer& buffer : all) {
    if (reachable(buffer.physical, buffer.bytes) && (best == nullptr || buffer.bytes > best->bytes))
      best = &buffer;
  }
  if (best == nullptr) return nullptr;
  FileDescriptor file = system.open("/dev/" + best->name, O_RDWR);
  if (!file.open()) return nullptr;
  MappedMemory memory(file.number(), 0, static_cast<std::size_t>(best->bytes));
  if (!memory.mapped()) {
    throw Refusal{"fpga.memory.map", "The buffer " + best->name + " cannot be mapped.",
                  "See what the kernel says of it (dmesg)."};
  }
  auto region = std::make_shared<CachedRegion>(system, best->folder, std::move(file), std::move(memory),
                                               best->physical);
  return std::make_unique<CarvedMemory>(std::move(region), "the u-dma-buf buffer " + best->name,
                                        "Make a larger buffer: the size is the module's parameter or in the "
                                        "device tree (docs/fpga/linux.md); CMA "
                                        "has to hold it (kernel parameter cma=).");
}

}  // namespace cortado
