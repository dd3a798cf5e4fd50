// The Verilated accelerator as a device.
#pragma once

#include <memory>
#include <string>

#include "device.h"

namespace cortado {

struct SimulationOptions {
  std::string folder;  // with cortado-fpga-simulator and libcortado_fpga_PART.so
  std::string part;    // that the board has; empty: the one that is required
  // What the simulated memory gives; 0: what the package was planned for, and a usual latency.
  std::uint64_t memory_bytes_per_second = 0;
  std::uint32_t memory_latency_cycles = 0;
  std::uint64_t clock_hz = 0;  // that cycles are told as times by; 0: what the package was planned for
};

// Refuses with fpga.part, fpga.bitstream (other RTL), fpga.simulation.
std::unique_ptr<AcceleratorDevice> open_simulated_device(const DeviceRequirements& requirements,
                                                         const SimulationOptions& options);

}  // namespace cortado
