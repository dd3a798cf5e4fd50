#pragma once

#include <memory>
#include <string>

#include "device.h"
#include "linux_system.h"

namespace cortado {

// open_hardware_device on a given system, which tests replace.
std::unique_ptr<AcceleratorDevice> open_hardware_device(const DeviceRequirements& required,
                                                        const std::string& bitstream,
                                                        std::unique_ptr<LinuxSystem> system);

}  // namespace cortado
