// Regions of fixed size, of which buffers are cut off one behind the other: what u-dma-buf and reserved
// memory have in common.
#pragma once

#include <memory>
#include <string>

#include "linux_system.h"
#include "mapped_memory.h"
#include "memory_source.h"

namespace cortado {

class MemoryRegion {
 public:
  MemoryRegion(FileDescriptor file, MappedMemory memory, std::uint64_t physical)
      : file_(std::move(file)), memory_(std::move(memory)), physical_(physical) {}
  virtual ~MemoryRegion() = default;
  MemoryRegion(const MemoryRegion&) = delete;
  MemoryRegion& operator=(const MemoryRegion&) = delete;

  const MappedMemory& memory() const { return memory_; }
  std::uint64_t physical() const { return physical_; }
  virtual void sync(std::size_t offset, std::size_t bytes, bool for_device) = 0;

 private:
  FileDescriptor file_;
  MappedMemory memory_;
  std::uint64_t physical_;
};

class CarvedMemory : public MemorySource {
 public:
  CarvedMemory(std::shared_ptr<MemoryRegion> region, std::string name, std::string advice)
      : region_(std::move(region)), name_(std::move(name)), advice_(std::move(advice)) {}
  std::unique_ptr<SharedMemory> allocate(std::size_t bytes) override;

 private:
  std::shared_ptr<MemoryRegion> region_;
  std::string name_, advice_;
  std::size_t used_ = 0;
};

// Physical addresses of the accelerator's ports have 32 bits.
bool reachable(std::uint64_t physical, std::uint64_t bytes);

}  // namespace cortado
