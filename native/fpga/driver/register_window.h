// The accelerator's registers: by UIO where the device tree offers them, else by /dev/mem.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "board_part.h"
#include "linux_system.h"
#include "mapped_memory.h"

namespace cortado {

struct UioDevice {
  std::string device;  // uio0
  std::string name;    // fabric
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
};

std::vector<UioDevice> uio_devices(const LinuxSystem& system);

// Where the block design puts the registers: the first address of the general-purpose port.
std::uint64_t register_address(ZynqFamily family);

class RegisterWindow {
 public:
  // Nothing is read yet: while the logic is not configured an access would stop the board. Refuses with
  // fpga.registers, fpga.permission, and with fpga.busy where another program has the accelerator.
  static RegisterWindow open(LinuxSystem& system, ZynqFamily family);

  const std::string& name() const { return name_; }
  const MappedMemory& memory() const { return memory_; }

  // Sleeps until the accelerator's interrupt comes or the time is over; without an interrupt line, a moment.
  // Whether it is really there say the accelerator's own registers.
  void wait(std::chrono::milliseconds limit);

 private:
  RegisterWindow(LinuxSystem& system, FileDescriptor file, MappedMemory memory, std::string name,
                 bool interrupts)
      : system_(&system),
        file_(std::move(file)),
        memory_(std::move(memory)),
        name_(std::move(name)),
        interrupts_(interrupts) {}

  LinuxSystem* system_;
  FileDescriptor file_;
  MappedMemory memory_;
  std::string name_;
  bool interrupts_;
};

}  // namespace cortado
