// Where memory for the accelerator comes from: one file for each kind, tried in this order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "device.h"
#include "linux_system.h"

namespace cortado {

class MemorySource {
 public:
  MemorySource() = default;
  virtual ~MemorySource() = default;
  MemorySource(const MemorySource&) = delete;
  MemorySource& operator=(const MemorySource&) = delete;

  // zeros; refuses with fpga.memory where there is not so much.
  virtual std::unique_ptr<SharedMemory> allocate(std::size_t bytes) = 0;
};

struct MemoryOffer {
  std::string kind;         // u-dma-buf, zocl, reserved
  std::string name;         // udmabuf0
  std::uint64_t bytes = 0;  // 0: what CMA has
};

std::vector<MemoryOffer> u_dma_buf_offers(const LinuxSystem& system);
std::vector<MemoryOffer> zocl_offers(LinuxSystem& system);
std::vector<MemoryOffer> reserved_memory_offers(const LinuxSystem& system);

std::unique_ptr<MemorySource> open_u_dma_buf(LinuxSystem& system);
std::unique_ptr<MemorySource> open_zocl(LinuxSystem& system);
std::unique_ptr<MemorySource> open_reserved_memory(LinuxSystem& system);

// The first kind that the board offers. Refuses with fpga.memory.none where there is none.
std::unique_ptr<MemorySource> open_memory_source(LinuxSystem& system);

// "CmaTotal" or "CmaFree" of /proc/meminfo in bytes; 0 where the kernel has no CMA.
std::uint64_t contiguous_memory(const LinuxSystem& system, const std::string& key);

[[noreturn]] void refuse_memory_size(std::size_t wanted, std::uint64_t there, const std::string& source,
                                     const std::string& advice);

constexpr std::size_t kBufferAlignment = 4096;
constexpr std::size_t aligned_buffer(std::size_t bytes) {
  return (bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

}  // namespace cortado
