#include "memory.h"

#include <sys/mman.h>

#include <cstdio>
#include <limits>
#include <string>

#include "refusal.h"

namespace cortado {

std::uint64_t available_memory() {
  std::FILE* file = std::fopen("/proc/meminfo", "re");
  if (file == nullptr) return 0;
  unsigned long long kilobytes = 0;
  char line[128];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::sscanf(line, "MemAvailable: %llu", &kilobytes) == 1) break;
  }
  std::fclose(file);
  return kilobytes * 1024;
}

void require_memory(std::uint64_t bytes) {
  const std::uint64_t available = available_memory();
  const bool addressable = bytes <= std::numeric_limits<std::size_t>::max() / 2;
  if (addressable && (available == 0 || bytes <= available)) return;
  refuse_memory("The package needs " + std::to_string(bytes) + " bytes of memory, " +
                std::to_string(available) + " are available.");
}

Arena::Arena(std::uint64_t bytes) : size_(static_cast<std::size_t>(bytes)) {
  if (bytes == 0) return;
  void* mapped = bytes > std::numeric_limits<std::size_t>::max()
                     ? MAP_FAILED
                     : mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) {
    refuse_memory("The " + std::to_string(bytes) + " bytes for the blobs could not be allocated.");
  }
  data_ = static_cast<std::uint8_t*>(mapped);
}

Arena::~Arena() {
  if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace cortado
