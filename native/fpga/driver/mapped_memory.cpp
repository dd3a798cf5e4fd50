#include "mapped_memory.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <utility>

namespace cortado {
namespace {

sigjmp_buf after_bus_error;

void on_bus_error(int) { siglongjmp(after_bus_error, 1); }

}  // namespace

MappedMemory::MappedMemory(int file, std::uint64_t offset, std::size_t bytes) {
  const std::uint64_t page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const std::uint64_t lead = offset % page;
  const std::size_t whole = static_cast<std::size_t>(lead) + bytes;
  void* start =
      mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_SHARED, file, static_cast<off_t>(offset - lead));
  if (start == MAP_FAILED) return;
  start_ = start;
  mapped_bytes_ = whole;
  data_ = static_cast<std::uint8_t*>(start) + lead;
  bytes_ = bytes;
}

MappedMemory::~MappedMemory() { unmap(); }

MappedMemory::MappedMemory(MappedMemory&& other) noexcept { *this = std::move(other); }

MappedMemory& MappedMemory::operator=(MappedMemory&& other) noexcept {
  if (this == &other) return *this;
  unmap();
  start_ = std::exchange(other.start_, nullptr);
  mapped_bytes_ = std::exchange(other.mapped_bytes_, 0);
  data_ = std::exchange(other.data_, nullptr);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

void MappedMemory::unmap() {
  if (start_ != nullptr) munmap(start_, mapped_bytes_);
}

std::uint32_t MappedMemory::read32(std::size_t offset) const {
  return *reinterpret_cast<const volatile std::uint32_t*>(data_ + offset);
}

void MappedMemory::write32(std::size_t offset, std::uint32_t value) const {
  memory_barrier();
  *reinterpret_cast<volatile std::uint32_t*>(data_ + offset) = value;
}

bool MappedMemory::try_read32(std::size_t offset, std::uint32_t& value) const {
  struct sigaction ours {
  }, before{};
  ours.sa_handler = on_bus_error;
  sigaction(SIGBUS, &ours, &before);
  // One thread opens the device, before the executor's are started: the jump's target can be a static.
  const bool answered = sigsetjmp(after_bus_error, 1) == 0;
  if (answered) value = read32(offset);
  sigaction(SIGBUS, &before, nullptr);
  return answered;
}

void memory_barrier() {
#if defined(__arm__) || defined(__aarch64__)
  // The accelerator is outside of the processors' shareable domain: the whole system has to see it.
  __asm__ volatile("dsb sy" ::: "memory");
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

}  // namespace cortado
