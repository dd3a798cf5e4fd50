#include "carved_memory.h"

#include <cstring>

namespace cortado {
namespace {

class Carving : public SharedMemory {
 public:
  Carving(std::shared_ptr<MemoryRegion> region, std::size_t offset, std::size_t bytes)
      : region_(std::move(region)), offset_(offset), bytes_(bytes) {}

  std::uint8_t* data() override { return region_->memory().data() + offset_; }
  std::size_t bytes() const override { return bytes_; }
  std::uint32_t physical_address() const override {
    return static_cast<std::uint32_t>(region_->physical() + offset_);
  }
  void sync_for_device(std::size_t offset, std::size_t bytes) override {
    if (bytes > 0) region_->sync(offset_ + offset, bytes, true);
  }
  void sync_for_cpu(std::size_t offset, std::size_t bytes) override {
    if (bytes > 0) region_->sync(offset_ + offset, bytes, false);
  }

 private:
  std::shared_ptr<MemoryRegion> region_;
  std::size_t offset_, bytes_;
};

}  // namespace

std::unique_ptr<SharedMemory> CarvedMemory::allocate(std::size_t bytes) {
  const std::size_t left = region_->memory().bytes() - used_;
  if (bytes > left || aligned_buffer(bytes) > left) refuse_memory_size(bytes, left, name_, advice_);
  const std::size_t offset = used_;
  used_ += aligned_buffer(bytes);
  std::memset(region_->memory().data() + offset, 0, bytes);
  auto memory = std::make_unique<Carving>(region_, offset, bytes);
  memory->sync_for_device(0, bytes);
  return memory;
}

bool reachable(std::uint64_t physical, std::uint64_t bytes) {
  constexpr std::uint64_t kEnd = std::uint64_t{1} << 32;
  return physical > 0 && physical % kBufferAlignment == 0 && physical < kEnd && bytes <= kEnd - physical;
}

}  // namespace cortado
