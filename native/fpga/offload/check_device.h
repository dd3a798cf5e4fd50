// Whether an accelerator is the one that a package was built for. Every device is asked before it is used.
#pragma once

#include "device.h"

namespace cortado {

// Refuses with fpga.part where the board has another part than the package is for.
void require_part(const DeviceRequirements& requirements, const std::string& part);

// Reads ID, CONFIG and FINGERPRINT. Refuses with fpga.not-ours, fpga.config, fpga.bitstream.
void require_accelerator(AcceleratorDevice& device, const DeviceRequirements& requirements);

}  // namespace cortado
