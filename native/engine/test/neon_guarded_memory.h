// Memory whose last byte is the last before a page that must not be touched: a read or write past the end
// ends the program.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace cortado::test {

class GuardedMemory {
 public:
  explicit GuardedMemory(std::size_t bytes) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t used = (bytes + page - 1) / page * page;
    mapped_ = used + page;
    start_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start_ == MAP_FAILED || mprotect(static_cast<char*>(start_) + used, page, PROT_NONE) != 0)
      std::abort();
    data_ = static_cast<std::int8_t*>(start_) + (used - bytes);
  }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;
  ~GuardedMemory() { munmap(start_, mapped_); }

  std::int8_t* data() const { return data_; }

 private:
  void* start_;
  std::size_t mapped_;
  std::int8_t* data_;
};

}  // namespace cortado::test
