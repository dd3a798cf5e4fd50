#include "memory_source.h"

#include <cstdlib>

#include "refusal.h"
#include "text_file.h"

namespace cortado {

std::unique_ptr<MemorySource> open_memory_source(LinuxSystem& system) {
  if (auto source = open_u_dma_buf(system)) return source;
  if (auto source = open_zocl(system)) return source;
  if (auto source = open_reserved_memory(system)) return source;
  throw Refusal{
      "fpga.memory.none",
      "The board offers no memory that processor and accelerator can share: no u-dma-buf, no zocl, no "
      "reserved region named cortado.",
      "Load the kernel module u-dma-buf, or reserve memory by the overlay of native/fpga/devicetree: "
      "docs/fpga/linux.md says which fits the board's image."};
}

std::uint64_t contiguous_memory(const LinuxSystem& system, const std::string& key) {
  for (const std::string& line : split(system.text("/proc/meminfo"), '\n')) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() >= 2 && words[0] == key + ":")
      return std::strtoull(words[1].c_str(), nullptr, 10) * 1024;
  }
  return 0;
}

void refuse_memory_size(std::size_t wanted, std::uint64_t there, const std::string& source,
                        const std::string& advice) {
  constexpr std::uint64_t kKibibyte = 1024;
  throw Refusal{"fpga.memory",
                "The network needs " + std::to_string((wanted + kKibibyte - 1) / kKibibyte) +
                    " KiB of memory shared with the accelerator, and " + source + " has " +
                    std::to_string(there / kKibibyte) + " KiB.",
                advice};
}

}  // namespace cortado
