// Puts a configuration into the programmable logic: by the kernel's FPGA manager, or by the older
// /dev/xdevcfg.
#pragma once

#include <string>

#include "bitstream.h"
#include "linux_system.h"

namespace cortado {

struct ConfigurationPort {
  std::string manager;  // the FPGA manager's folder below /sys/class/fpga_manager; empty without one
  bool xdevcfg = false;
};

// The first FPGA manager, else /dev/xdevcfg; neither where the kernel has none.
ConfigurationPort find_configuration_port(const LinuxSystem& system);

// Whether the logic holds a configuration, whosever it is.
bool is_configured(const LinuxSystem& system, const ConfigurationPort& port);

// Loads the bitstream and asks afterwards whether the logic took it. Refuses with fpga.absent,
// fpga.permission, fpga.manager.
void load_bitstream(LinuxSystem& system, const ConfigurationPort& port, const Bitstream& bitstream);

}  // namespace cortado
