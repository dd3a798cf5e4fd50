#include "memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "refusal.h"
#include "text_file.h"

namespace cortado {

namespace {

// A line of /proc/meminfo, "MemTotal:  25276502016 kB", in bytes.
std::uint64_t memory_information(const char* key) {
  for (const std::string& line : split(read_text_file("/proc/meminfo"), '\n')) {
    if (line.rfind(key, 0) == 0) return std::strtoull(line.c_str() + std::strlen(key), nullptr, 10) * 1024;
  }
  return 0;
}

}  // namespace

std::uint64_t total_memory() { return memory_information("MemTotal:"); }

std::uint64_t available_memory() { return memory_information("MemAvailable:"); }

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
