#include "fabric_clock.h"

#include <fcntl.h>

#include "mapped_memory.h"
#include "refusal.h"

namespace cortado {
namespace {

// Addresses and fields: Zynq-7000 technical reference manual (slcr), Zynq UltraScale+ register reference
// (CRL_APB).
struct ClockUnit {
  std::uint64_t base;
  std::uint32_t control;       // of the logic's first clock
  std::uint32_t source_shift;  // in it, two bits
  std::uint32_t second_shift;  // of the second divider; the first is at 8
  std::uint32_t plls[4];       // control register by source; 0: not this one's
  std::uint32_t feedback_shift;
  std::uint32_t half_bit;      // the PLL's output is halved where this bit is set; 0: never
  std::uint32_t unlock, lock;  // offsets; equal: no lock
};

constexpr ClockUnit kZynq7000{0xF8000000, 0x170, 4, 20, {0x108, 0x108, 0x100, 0x104}, 12, 0, 0x008, 0x004};
constexpr ClockUnit kUltraScale{0xFF5E0000, 0x0C0, 0, 16, {0x020, 0, 0x030, 0}, 8, 16, 0, 0};

constexpr std::uint32_t kUnlockKey = 0xDF0D, kLockKey = 0x767B;
constexpr std::uint32_t kDividerMask = 0x3f, kFeedbackMask = 0x7f;
constexpr std::uint32_t kUnitBytes = 0x1000;
constexpr std::uint64_t kUsualCrystalHz = 33333333;

// Of the crystal: the device tree has it as a big-endian word where the kernel drives the clocks by itself.
std::uint64_t crystal_hz(const LinuxSystem& system) {
  for (const char* file : {"/proc/device-tree/axi/slcr@f8000000/clkc@100/ps-clk-frequency",
                           "/proc/device-tree/amba/slcr@f8000000/clkc@100/ps-clk-frequency",
                           "/proc/device-tree/pss_ref_clk/clock-frequency"}) {
    const std::string bytes = system.property(file);
    if (bytes.size() != 4) continue;
    std::uint64_t hz = 0;
    for (const char byte : bytes) hz = hz << 8 | static_cast<std::uint8_t>(byte);
    if (hz > 0) return hz;
  }
  return kUsualCrystalHz;
}

std::uint64_t pll_hz(const LinuxSystem& system, const ClockUnit& unit, const MappedMemory& registers) {
  const std::uint32_t source = registers.read32(unit.control) >> unit.source_shift & 3;
  const std::uint32_t offset = unit.plls[source];
  if (offset == 0) return 0;
  const std::uint32_t control = registers.read32(offset);
  const std::uint64_t hz = crystal_hz(system) * (control >> unit.feedback_shift & kFeedbackMask);
  return unit.half_bit != 0 && (control >> unit.half_bit & 1) != 0 ? hz / 2 : hz;
}

std::uint64_t clock_of(const ClockUnit& unit, const MappedMemory& registers, std::uint64_t source_hz) {
  const std::uint32_t value = registers.read32(unit.control);
  const std::uint32_t product = (value >> 8 & kDividerMask) * (value >> unit.second_shift & kDividerMask);
  return product == 0 ? 0 : source_hz / product;
}

FileDescriptor open_memory(const LinuxSystem& system) {
  try {
    return system.open("/dev/mem", O_RDWR | O_SYNC);
  } catch (const Refusal&) {
    return {};
  }
}

}  // namespace

Dividers choose_dividers(std::uint64_t source_hz, std::uint64_t wanted_hz) {
  Dividers best;
  std::uint64_t best_product = 0;
  const std::uint64_t limit = wanted_hz + wanted_hz / 1000;
  for (std::uint32_t first = 1; first <= kDividerMask; ++first) {
    for (std::uint32_t second = 1; second <= first; ++second) {
      const std::uint64_t product = std::uint64_t{first} * second;
      if (source_hz / product > limit || (best_product != 0 && product >= best_product)) continue;
      best = {first, second};
      best_product = product;
    }
  }
  return best;
}

std::uint64_t set_fabric_clock(LinuxSystem& system, ZynqFamily family, std::uint64_t wanted_hz) {
  if (family == ZynqFamily::kNone) return 0;
  const ClockUnit& unit = family == ZynqFamily::kZynq7000 ? kZynq7000 : kUltraScale;
  const FileDescriptor file = open_memory(system);
  if (!file.open()) return 0;
  const MappedMemory registers(file.number(), unit.base, kUnitBytes);
  std::uint32_t value = 0;
  if (!registers.mapped() || !registers.try_read32(unit.control, value)) return 0;
  const std::uint64_t source = pll_hz(system, unit, registers);
  if (source == 0) return 0;
  if (wanted_hz == 0) return clock_of(unit, registers, source);

  const Dividers dividers = choose_dividers(source, wanted_hz);
  if (dividers.first == 0) {
    throw Refusal{"fpga.clock",
                  "The board's clock for the logic cannot be set to " + std::to_string(wanted_hz) + " Hz.",
                  "Build the package for another clock (--clock)."};
  }
  const std::uint32_t mask = kDividerMask << 8 | kDividerMask << unit.second_shift;
  const std::uint32_t wanted = (value & ~mask) | dividers.first << 8 | dividers.second << unit.second_shift;
  if (wanted != value) {
    if (unit.lock != unit.unlock) registers.write32(unit.unlock, kUnlockKey);
    registers.write32(unit.control, wanted);
    if (unit.lock != unit.unlock) registers.write32(unit.lock, kLockKey);
  }
  return clock_of(unit, registers, source);
}

}  // namespace cortado
