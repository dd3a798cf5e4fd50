#pragma once

#include <memory>
#include <string>

#include "device.h"

namespace cortado {

// The accelerator that this board has: a simulation where the environment names one (CORTADO_FPGA_SIMULATION,
// the folder with its programs; CORTADO_FPGA_PART, _CLOCK in Hz, _BANDWIDTH in bytes per second, _LATENCY in
// cycles), else the hardware's. Refuses with the reason and its remedy where there is none.
std::unique_ptr<AcceleratorDevice> open_device(const DeviceRequirements& requirements,
                                               const HardwareOptions& hardware);

}  // namespace cortado
