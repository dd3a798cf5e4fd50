#include "measure_clock.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "registers.h"

namespace cortado {
namespace {

constexpr std::uint32_t kCycles = 2000000;
constexpr std::uint32_t kUsualWatchdog = 1000000;
constexpr std::uint64_t kGiveUpNs = 500000000;  // 4 MHz
constexpr std::uint32_t kWatchdogError = 4;
// OpEnd that takes a token of the load queue, which nobody gives (docs/fpga/instructions.md).
constexpr std::uint64_t kWaitForEver[2] = {0x1f, 0};
// The shortest time is the one that nothing else on the processor has lengthened.
constexpr int kRepeats = 3;
constexpr std::uint64_t kStepHz = 100000;

// False where the time is over first.
bool wait_for_status(AcceleratorDevice& device, std::uint32_t mask, std::uint32_t wanted,
                     const NanosecondClock& now) {
  const std::uint64_t start = now();
  while ((device.read(registers::kStatus) & mask) != wanted) {
    if (now() - start > kGiveUpNs) return false;
  }
  return true;
}

std::optional<std::uint64_t> time_of_watchdog(AcceleratorDevice& device, const NanosecondClock& now) {
  device.write(registers::kControl, registers::kSoftReset);
  if (!wait_for_status(device, registers::kBusy, 0, now)) return std::nullopt;
  const std::uint64_t start = now();
  device.write(registers::kControl, registers::kStart);
  if (!wait_for_status(device, registers::kError, registers::kError, now)) return std::nullopt;
  const std::uint64_t time = now() - start;
  const std::uint32_t code =
      device.read(registers::kStatus) >> registers::kErrorCodeShift & registers::kErrorCodeMask;
  if (code != kWatchdogError || time == 0) return std::nullopt;
  return time;
}

}  // namespace

std::uint64_t measure_clock(AcceleratorDevice& device, const NanosecondClock& now) {
  const std::unique_ptr<SharedMemory> program = device.allocate(sizeof kWaitForEver);
  std::memcpy(program->data(), kWaitForEver, sizeof kWaitForEver);
  program->sync_for_device(0, sizeof kWaitForEver);
  device.write(registers::kProgramAddress, program->physical_address());
  device.write(registers::kProgramLength, 1);
  device.write(registers::kWatchdog, kCycles);
  std::optional<std::uint64_t> shortest;
  for (int i = 0; i < kRepeats; ++i) {
    const std::optional<std::uint64_t> time = time_of_watchdog(device, now);
    if (!time) {
      shortest = std::nullopt;
      break;
    }
    shortest = std::min(*time, shortest.value_or(*time));
  }
  device.write(registers::kControl, registers::kSoftReset);
  wait_for_status(device, registers::kBusy, 0, now);
  device.write(registers::kInterruptStatus, registers::kInterruptDone | registers::kInterruptError);
  device.write(registers::kWatchdog, kUsualWatchdog);
  if (!shortest) return 0;
  const std::uint64_t hz = std::uint64_t{kCycles} * 1000000000 / *shortest;
  return (hz + kStepHz / 2) / kStepHz * kStepHz;
}

}  // namespace cortado
