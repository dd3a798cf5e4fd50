#include "register_window.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <thread>

#include "refusal.h"
#include "registers.h"

namespace cortado {
namespace {

constexpr char kUio[] = "/sys/class/uio/";
constexpr char kMemory[] = "/dev/mem";
// Between looks at the status where there is no interrupt line.
constexpr std::chrono::microseconds kPause{50};

const UioDevice* choose(const std::vector<UioDevice>& devices, std::uint64_t address) {
  for (const UioDevice& device : devices) {
    if (device.name.find("cortado") != std::string::npos) return &device;
  }
  for (const UioDevice& device : devices) {
    if (device.address == address) return &device;
  }
  return nullptr;
}

// One program at a time: the lock goes with the descriptor, however the program ends.
void lock(const FileDescriptor& file, const std::string& name) {
  if (flock(file.number(), LOCK_EX | LOCK_NB) == 0) return;
  throw Refusal{"fpga.busy", "Another program uses the accelerator (" + name + ").",
                "Wait until it has ended, or end it."};
}

}  // namespace

std::vector<UioDevice> uio_devices(const LinuxSystem& system) {
  std::vector<UioDevice> devices;
  for (const std::string& name : system.names(kUio)) {
    const std::string folder = kUio + name;
    devices.push_back({name, system.text(folder + "/name"),
                       system.number(folder + "/maps/map0/addr").value_or(0),
                       system.number(folder + "/maps/map0/size").value_or(0)});
  }
  return devices;
}

std::uint64_t register_address(ZynqFamily family) {
  return family == ZynqFamily::kZynqUltraScale ? 0xA0000000U : 0x40000000U;
}

RegisterWindow RegisterWindow::open(LinuxSystem& system, ZynqFamily family) {
  const std::uint64_t address = register_address(family);
  const std::vector<UioDevice> devices = uio_devices(system);
  std::string name = kMemory;
  FileDescriptor file;
  std::uint64_t offset = address;
  if (const UioDevice* uio = choose(devices, address);
      uio != nullptr && uio->bytes >= registers::kRegisterBytes) {
    name = uio->device;
    // Mapping 0 begins at file offset 0, wherever its address is.
    offset = 0;
    file = system.open("/dev/" + name, O_RDWR | O_SYNC);
  }
  const bool interrupts = file.open();
  if (!interrupts) {
    name = kMemory;
    offset = address;
    file = system.open(kMemory, O_RDWR | O_SYNC);
  }
  if (!file.open()) {
    throw Refusal{"fpga.registers",
                  "There is no way to the accelerator's registers: no UIO device for them, and no /dev/mem.",
                  "Add the UIO node to the device tree: native/fpga/devicetree has the overlay, "
                  "docs/fpga/linux.md what each image needs."};
  }
  lock(file, name);
  MappedMemory memory(file.number(), offset, registers::kRegisterBytes);
  if (!memory.mapped()) {
    throw Refusal{"fpga.registers", "The accelerator's registers cannot be mapped by " + name + ".",
                  name == kMemory ? "The kernel may forbid it (CONFIG_STRICT_DEVMEM): use UIO, as "
                                    "docs/fpga/linux.md says."
                                  : "See what the kernel says of it (dmesg)."};
  }
  return RegisterWindow(system, std::move(file), std::move(memory), std::move(name), interrupts);
}

void RegisterWindow::wait(std::chrono::milliseconds limit) {
  // Each interrupt of a UIO device has to be allowed again.
  const std::uint32_t allow = 1;
  if (interrupts_ && system_->write(file_.number(), &allow, sizeof allow) != sizeof allow)
    interrupts_ = false;
  if (!interrupts_) {
    std::this_thread::sleep_for(std::min<std::chrono::microseconds>(kPause, limit));
    return;
  }
  std::uint32_t count = 0;
  if (system_->wait_readable(file_.number(), limit) &&
      system_->read(file_.number(), &count, sizeof count) != sizeof count) {
    interrupts_ = false;
  }
}

}  // namespace cortado
