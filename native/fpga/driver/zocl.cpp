// Buffers of zocl, the DRM driver of XRT that PYNQ's images have: contiguous memory from CMA by ioctl.
#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "carved_memory.h"
#include "refusal.h"

namespace cortado {
namespace {

// The kernel's interface, as its documentation lists it: XRT, "ZOCL driver interfaces", and DRM's own.
struct DrmVersion {
  int major, minor, patch;
  std::size_t name_bytes;
  char* name;
  std::size_t date_bytes;
  char* date;
  std::size_t description_bytes;
  char* description;
};
struct DrmClose {
  std::uint32_t handle, unused;
};
struct CreateBuffer {
  std::uint64_t bytes;
  std::uint32_t handle, flags;
};
struct MapBuffer {
  std::uint32_t handle, unused;
  std::uint64_t offset;
};
struct SyncBuffer {
  std::uint32_t handle, direction;  // 0 to the device, 1 from it
  std::uint64_t offset, bytes;
};
struct BufferFacts {
  std::uint32_t handle, flags;
  std::uint64_t bytes, physical;
};

constexpr unsigned long kVersion = _IOWR('d', 0x00, DrmVersion);
constexpr unsigned long kClose = _IOW('d', 0x09, DrmClose);
constexpr unsigned long kCreate = _IOWR('d', 0x40, CreateBuffer);
constexpr unsigned long kMap = _IOWR('d', 0x43, MapBuffer);
constexpr unsigned long kSync = _IOWR('d', 0x44, SyncBuffer);
constexpr unsigned long kFacts = _IOWR('d', 0x45, BufferFacts);

// From XRT 2019.1 on: cached, out of the first bank, which is CMA. Before that: both of these, uncached.
constexpr std::uint32_t kCached = 1U << 24;
constexpr std::uint32_t kOldFlags = 1U << 27 | 1U << 28;

constexpr const char* kDevices[] = {"/dev/dri/renderD128", "/dev/dri/renderD129", "/dev/dri/card0",
                                    "/dev/dri/card1"};

bool is_zocl(LinuxSystem& system, const FileDescriptor& file) {
  char name[32] = {};
  DrmVersion version{};
  version.name_bytes = sizeof name - 1;
  version.name = name;
  return system.ioctl(file.number(), kVersion, &version) == 0 && std::strncmp(name, "zocl", 4) == 0;
}

struct Device {
  FileDescriptor file;
  std::string name;
};

// A node that this user may not open is as good as absent while another one can be.
Device find_device(LinuxSystem& system) {
  const char* forbidden = nullptr;
  for (const char* path : kDevices) {
    if (!system.exists(path)) continue;
    try {
      FileDescriptor file = system.open(path, O_RDWR);
      if (file.open() && is_zocl(system, file)) return {std::move(file), path};
    } catch (const Refusal& refusal) {
      if (refusal.code != "fpga.permission") throw;
      forbidden = path;
    }
  }
  if (forbidden != nullptr && system.exists("/sys/bus/platform/drivers/zocl-drm"))
    refuse_permission(system, forbidden);
  return {};
}

class Buffer : public SharedMemory {
 public:
  Buffer(LinuxSystem& system, std::shared_ptr<FileDescriptor> device, std::size_t wanted)
      : system_(system), device_(std::move(device)), bytes_(wanted) {
    CreateBuffer create{aligned_buffer(wanted), 0xffffffff, kCached};
    if (call(kCreate, &create) != 0 && errno == EINVAL) {
      create.flags = kOldFlags;
      if (call(kCreate, &create) != 0) refuse_size();
    } else if (create.handle == 0xffffffff) {
      refuse_size();
    }
    handle_ = create.handle;
    BufferFacts facts{handle_, 0, 0, 0};
    MapBuffer map{handle_, 0, 0};
    if (call(kFacts, &facts) == 0 && reachable(facts.physical, facts.bytes) && call(kMap, &map) == 0) {
      physical_ = static_cast<std::uint32_t>(facts.physical);
      memory_ = MappedMemory(device_->number(), map.offset, aligned_buffer(wanted));
    }
    if (!memory_.mapped()) {
      release();
      throw Refusal{"fpga.memory.map",
                    "zocl gave a buffer that cannot be mapped, or that the accelerator cannot reach.",
                    "See what the kernel says of it (dmesg)."};
    }
    std::memset(memory_.data(), 0, bytes_);
    sync(0, bytes_, 0);
  }
  ~Buffer() override { release(); }

  std::uint8_t* data() override { return memory_.data(); }
  std::size_t bytes() const override { return bytes_; }
  std::uint32_t physical_address() const override { return physical_; }
  void sync_for_device(std::size_t offset, std::size_t bytes) override { sync(offset, bytes, 0); }
  void sync_for_cpu(std::size_t offset, std::size_t bytes) override { sync(offset, bytes, 1); }

 private:
  int call(unsigned long request, void* argument) {
    return system_.ioctl(device_->number(), request, argument);
  }

  void release() {
    DrmClose close{handle_, 0};
    call(kClose, &close);
  }

  void sync(std::size_t offset, std::size_t bytes, std::uint32_t direction) {
    if (bytes == 0) return;
    memory_barrier();
    SyncBuffer request{handle_, direction, offset, bytes};
    if (call(kSync, &request) == 0) return;
    throw Refusal{
        "fpga.memory.sync",
        std::string("zocl did not write the caches of the shared memory back: ") + std::strerror(errno) + ".",
        "See what the kernel says of it (dmesg)."};
  }

  [[noreturn]] void refuse_size() {
    refuse_memory_size(
        bytes_, contiguous_memory(system_, "CmaFree"), "the kernel's contiguous memory (CMA)",
        "End programs that use it, or give the kernel more of it (kernel parameter cma=256M).");
  }

  LinuxSystem& system_;
  std::shared_ptr<FileDescriptor> device_;
  std::size_t bytes_;
  std::uint32_t handle_ = 0, physical_ = 0;
  MappedMemory memory_;
};

class Zocl : public MemorySource {
 public:
  Zocl(LinuxSystem& system, FileDescriptor device)
      : system_(system), device_(std::make_shared<FileDescriptor>(std::move(device))) {}
  std::unique_ptr<SharedMemory> allocate(std::size_t bytes) override {
    return std::make_unique<Buffer>(system_, device_, bytes);
  }

 private:
  LinuxSystem& system_;
  std::shared_ptr<FileDescriptor> device_;
};

}  // namespace

std::vector<MemoryOffer> zocl_offers(LinuxSystem& system) {
  try {
    const Device device = find_device(system);
    if (!device.file.open()) return {};
    return {{"zocl", device.name, contiguous_memory(system, "CmaFree")}};
  } catch (const Refusal&) {
    return {};
  }
}

std::unique_ptr<MemorySource> open_zocl(LinuxSystem& system) {
  Device device = find_device(system);
  if (!device.file.open()) return nullptr;
  return std::make_unique<Zocl>(system, std::move(device.file));
}

}  // namespace cortado
