// This board's accelerator: bitstream, registers, clock, memory, in that order.
#include "hardware_device.h"

#include <cstdio>
#include <optional>

#include "bitstream.h"
#include "bitstream_loader.h"
#include "fabric_clock.h"
#include "measure_clock.h"
#include "memory_source.h"
#include "refusal.h"
#include "register_window.h"
#include "registers.h"

namespace cortado {
namespace {

std::string hexadecimal(std::uint32_t value) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", value);
  return text;
}

// Memory that it allocates uses its LinuxSystem: it goes before the device.
class HardwareDevice : public AcceleratorDevice {
 public:
  HardwareDevice(std::unique_ptr<LinuxSystem> system, RegisterWindow window, DeviceDescription description)
      : system_(std::move(system)), window_(std::move(window)), description_(std::move(description)) {}

  const DeviceDescription& description() const override { return description_; }
  void set_clock(std::uint64_t hz) { description_.clock_hz = hz; }
  std::uint32_t read(std::uint32_t offset) override { return window_.memory().read32(offset); }
  void write(std::uint32_t offset, std::uint32_t value) override { window_.memory().write32(offset, value); }

  std::unique_ptr<SharedMemory> allocate(std::size_t bytes) override {
    if (!memory_) memory_ = open_memory_source(*system_);
    return memory_->allocate(bytes);
  }

  bool wait_for_interrupt(std::chrono::milliseconds limit) override {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point end = Clock::now() + limit;
    const std::uint32_t wanted = read(registers::kInterruptEnable);
    while ((read(registers::kInterruptStatus) & wanted) == 0) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
      if (left.count() <= 0) return false;
      window_.wait(left);
    }
    return true;
  }

 private:
  std::unique_ptr<LinuxSystem> system_;
  RegisterWindow window_;
  DeviceDescription description_;
  // Behind the system, which it uses.
  std::unique_ptr<MemorySource> memory_;
};

// Before anything is touched: is the bitstream for this board and this package?
Bitstream checked_bitstream(const LinuxSystem& system, const std::string& file,
                            const DeviceRequirements& required) {
  Bitstream bitstream = read_bitstream(file);
  const std::string part = board_part(system);
  if (!part.empty()) check_bitstream(bitstream, part, required.fingerprint);
  check_bitstream(bitstream, required.part, required.fingerprint);
  return bitstream;
}

void require_board(const LinuxSystem& system, const ConfigurationPort& port,
                   const DeviceRequirements& required) {
  if (port.manager.empty() && !port.xdevcfg && uio_devices(system).empty()) {
    throw Refusal{"fpga.absent", "This board has no programmable logic that Linux knows of.",
                  "Use a board with a Zynq and a kernel with the FPGA manager (CONFIG_FPGA_MGR_ZYNQ_FPGA)."};
  }
  const std::string part = board_part(system);
  if (!part.empty() && !part_matches(part, required.part)) {
    throw Refusal{"fpga.part",
                  "The package is for another part: " + required.part + ", and the board has " + part + ".",
                  "Build the package for this board (cortado build fpga --board …)."};
  }
}

// Of a device whose clock this user may not read.
std::uint64_t learned_clock(AcceleratorDevice& device) {
  const std::uint64_t hz = measure_clock(device, [] {
    const auto time = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
  });
  if (hz != 0) return hz;
  throw Refusal{"fpga.clock", "The accelerator's clock can neither be read nor measured.",
                "Log in as root; if that does not help, the logic's clock may be switched off: load the "
                "bitstream again (--bitstream FILE.bit)."};
}

void check_registers(const RegisterWindow& window, const DeviceRequirements& required) {
  std::uint32_t id = 0;
  if (!window.memory().try_read32(registers::kId, id) || id != registers::kIdValue) {
    throw Refusal{
        "fpga.bitstream.foreign",
        "The programmable logic holds another design: nothing at the accelerator's address calls itself "
        "Cortado's.",
        "Give the accelerator's bitstream (--bitstream FILE.bit)."};
  }
  const std::uint32_t config = window.memory().read32(registers::kConfig);
  const std::uint32_t fingerprint = window.memory().read32(registers::kFingerprint);
  if (config != required.config || fingerprint != required.fingerprint) {
    throw Refusal{
        "fpga.bitstream.fingerprint",
        "The accelerator that is loaded was built from other sources than the package: configuration " +
            hexadecimal(config) + ", sources " + hexadecimal(fingerprint) + ", in place of " +
            hexadecimal(required.config) + ", " + hexadecimal(required.fingerprint) + ".",
        "Build package and bitstream with the same release of Cortado, and give the bitstream "
        "(--bitstream FILE.bit)."};
  }
}

}  // namespace

std::unique_ptr<AcceleratorDevice> open_hardware_device(const DeviceRequirements& required,
                                                        const std::string& bitstream,
                                                        std::unique_ptr<LinuxSystem> system) {
  const ConfigurationPort port = find_configuration_port(*system);
  require_board(*system, port, required);
  const ZynqFamily family = zynq_family(*system);
  std::optional<Bitstream> to_load;
  if (!bitstream.empty()) {
    to_load = checked_bitstream(*system, bitstream, required);
  } else if (!is_configured(*system, port)) {
    // A read from logic that is not configured would stop the board.
    throw Refusal{
        "fpga.bitstream.missing", "The programmable logic is not configured, and no bitstream was given.",
        "Give the accelerator's bitstream (--bitstream FILE.bit); cortado build bitstream makes it."};
  }
  // The window holds the lock: from here on nobody else changes the logic or its clock.
  RegisterWindow window = RegisterWindow::open(*system, family);
  const std::uint64_t clock = set_fabric_clock(*system, family, required.clock_hz);
  if (to_load) load_bitstream(*system, port, *to_load);
  check_registers(window, required);
  DeviceDescription description;
  description.name = window.name();
  description.part = required.part;
  description.clock_hz = clock;
  auto device =
      std::make_unique<HardwareDevice>(std::move(system), std::move(window), std::move(description));
  if (clock == 0) device->set_clock(learned_clock(*device));
  return device;
}

std::unique_ptr<AcceleratorDevice> open_hardware_device(const DeviceRequirements& required,
                                                        const HardwareOptions& options) {
  return open_hardware_device(required, options.bitstream, std::make_unique<LinuxSystem>(options.root));
}

}  // namespace cortado
