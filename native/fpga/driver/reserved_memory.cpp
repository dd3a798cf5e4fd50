// A region that the device tree keeps from Linux (reserved-memory/cortado@…, no-map), mapped by /dev/mem
// without caches.
#include <fcntl.h>

#include "carved_memory.h"
#include "refusal.h"

namespace cortado {
namespace {

constexpr char kFolder[] = "/proc/device-tree/reserved-memory/";

struct Region {
  std::string name;
  std::uint64_t physical = 0, bytes = 0;
};

std::uint64_t big_endian(const std::string& bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + count; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

// How many words an address or a size has.
std::size_t cells(const LinuxSystem& system, const char* property) {
  const std::string bytes = system.property(std::string(kFolder) + property);
  return bytes.size() == 4 ? static_cast<std::size_t>(big_endian(bytes, 0, 4)) : 1;
}

std::vector<Region> regions(const LinuxSystem& system) {
  const std::size_t address = 4 * cells(system, "#address-cells"), size = 4 * cells(system, "#size-cells");
  std::vector<Region> found;
  for (const std::string& name : system.names(kFolder)) {
    if (name.rfind("cortado", 0) != 0) continue;
    const std::string reg = system.property(kFolder + name + "/reg");
    if (reg.size() < address + size || address > 8 || size > 8) continue;
    found.push_back({name, big_endian(reg, 0, address), big_endian(reg, address, size)});
  }
  return found;
}

class UncachedRegion : public MemoryRegion {
 public:
  using MemoryRegion::MemoryRegion;
  void sync(std::size_t, std::size_t, bool) override { memory_barrier(); }
};

}  // namespace

std::vector<MemoryOffer> reserved_memory_offers(const LinuxSystem& system) {
  std::vector<MemoryOffer> offers;
  for (const Region& region : regions(system)) offers.push_back({"reserved", region.name, region.bytes});
  return offers;
}

std::unique_ptr<MemorySource> open_reserved_memory(LinuxSystem& system) {
  for (const Region& each : regions(system)) {
    if (!reachable(each.physical, each.bytes) || each.bytes == 0) continue;
    FileDescriptor file = system.open("/dev/mem", O_RDWR | O_SYNC);
    if (!file.open()) return nullptr;
    MappedMemory memory(file.number(), each.physical, static_cast<std::size_t>(each.bytes));
    if (!memory.mapped()) {
      throw Refusal{"fpga.memory.map", "The reserved memory " + each.name + " cannot be mapped by /dev/mem.",
                    "Its node in the device tree needs no-map (native/fpga/devicetree shows it)."};
    }
    auto region = std::make_shared<UncachedRegion>(std::move(file), std::move(memory), each.physical);
    return std::make_unique<CarvedMemory>(
        std::move(region), "the reserved region " + each.name,
        "Make the region in the device tree larger (native/fpga/devicetree).");
  }
  return nullptr;
}

}  // namespace cortado
