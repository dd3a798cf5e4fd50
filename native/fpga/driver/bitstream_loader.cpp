#include "bitstream_loader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "refusal.h"

namespace cortado {
namespace {

constexpr char kManagers[] = "/sys/class/fpga_manager/";
constexpr char kXdevcfg[] = "/dev/xdevcfg";
constexpr char kFirmwareFolder[] = "/lib/firmware/";

constexpr const char* kProgDone[] = {"/sys/class/xdevcfg/xdevcfg/device/prog_done",
                                     "/sys/devices/soc0/amba/f8007000.devcfg/prog_done",
                                     "/sys/devices/amba.0/f8007000.devcfg/prog_done"};

[[noreturn]] void refuse_manager(const std::string& message, const std::string& advice) {
  throw Refusal{"fpga.manager", message, advice};
}

// The kernel reads the configuration from a file in /lib/firmware; it goes away with this object.
class FirmwareFile {
 public:
  FirmwareFile(const LinuxSystem& system, const std::vector<std::uint8_t>& bytes)
      : name_("cortado-" + std::to_string(getpid()) + ".bin"), path_(system.path(kFirmwareFolder + name_)) {
    const FileDescriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.open()) {
      if (errno == EACCES || errno == EPERM) refuse_permission(system, kFirmwareFolder);
      refuse_manager(std::string("The bitstream cannot be put into ") + kFirmwareFolder + ": " +
                         std::strerror(errno) + ".",
                     "The FPGA manager takes bitstreams from that folder only: make it writable, or load the "
                     "bitstream when the board starts.");
    }
    std::size_t at = 0;
    while (at < bytes.size()) {
      const ssize_t written = ::write(file.number(), bytes.data() + at, bytes.size() - at);
      if (written <= 0) {
        const std::string reason = std::strerror(errno);
        unlink(path_.c_str());
        refuse_manager(
            std::string("The bitstream cannot be put into ") + kFirmwareFolder + ": " + reason + ".",
            "Free space on the board's storage.");
      }
      at += static_cast<std::size_t>(written);
    }
  }
  ~FirmwareFile() { unlink(path_.c_str()); }
  FirmwareFile(const FirmwareFile&) = delete;
  FirmwareFile& operator=(const FirmwareFile&) = delete;

  const std::string& name() const { return name_; }

 private:
  std::string name_, path_;
};

void write_attribute(LinuxSystem& system, const std::string& file, const std::string& text) {
  const int error = system.write_text(file, text);
  if (error == 0) return;
  if (error == EACCES || error == EPERM) refuse_permission(system, file);
  const std::string state = system.text(file.substr(0, file.rfind('/')) + "/state");
  refuse_manager("The FPGA manager did not take the bitstream: " + std::string(std::strerror(error)) +
                     (state.empty() ? "" : " (its state: " + state + ")") + ".",
                 "See what the kernel says of it (dmesg); a bitstream for another part, or one that was cut "
                 "off, ends like this.");
}

void load_by_manager(LinuxSystem& system, const std::string& folder, const Bitstream& bitstream) {
  if (!system.exists(folder + "/firmware")) {
    refuse_manager("This kernel's FPGA manager takes bitstreams from device tree overlays alone.",
                   "Load the bitstream by an overlay or when the board starts (docs/fpga/linux.md says how), "
                   "then run without --bitstream.");
  }
  const FirmwareFile firmware(system, firmware_of(bitstream));
  // A whole configuration, neither partial nor encrypted.
  if (system.exists(folder + "/flags")) write_attribute(system, folder + "/flags", "0");
  write_attribute(system, folder + "/firmware", firmware.name());
  const std::string state = system.text(folder + "/state");
  if (state != "operating") {
    refuse_manager(
        "The FPGA manager took the bitstream, but its state is \"" + state + "\", not \"operating\".",
        "See what the kernel says of it (dmesg) and switch the board off and on.");
  }
}

void load_by_xdevcfg(LinuxSystem& system, const Bitstream& bitstream) {
  const FileDescriptor device = system.open(kXdevcfg, O_WRONLY);
  const std::vector<std::uint8_t> firmware = firmware_of(bitstream);
  std::size_t at = 0;
  while (at < firmware.size()) {
    const ssize_t written = system.write(device.number(), firmware.data() + at, firmware.size() - at);
    if (written <= 0) {
      refuse_manager(std::string("/dev/xdevcfg did not take the bitstream: ") + std::strerror(errno) + ".",
                     "See what the kernel says of it (dmesg).");
    }
    at += static_cast<std::size_t>(written);
  }
  if (!is_configured(system, {{}, true})) {
    refuse_manager("/dev/xdevcfg took the bitstream, but the logic is not configured.",
                   "See what the kernel says of it (dmesg) and switch the board off and on.");
  }
}

}  // namespace

ConfigurationPort find_configuration_port(const LinuxSystem& system) {
  for (const std::string& name : system.names(kManagers)) return {kManagers + name, false};
  return {{}, system.exists(kXdevcfg)};
}

bool is_configured(const LinuxSystem& system, const ConfigurationPort& port) {
  if (!port.manager.empty()) return system.text(port.manager + "/state") == "operating";
  if (!port.xdevcfg) return false;
  for (const char* file : kProgDone) {
    if (system.exists(file)) return system.text(file) == "1";
  }
  return false;
}

void load_bitstream(LinuxSystem& system, const ConfigurationPort& port, const Bitstream& bitstream) {
  if (!port.manager.empty()) return load_by_manager(system, port.manager, bitstream);
  if (port.xdevcfg) return load_by_xdevcfg(system, bitstream);
  throw Refusal{"fpga.absent", "Linux knows of no way to configure programmable logic on this board.",
                "Use a board with a Zynq and a kernel with the FPGA manager (CONFIG_FPGA_MGR_ZYNQ_FPGA)."};
}

}  // namespace cortado
