// The accelerator's clock by the accelerator itself, for users who may not read the processing system's
// registers.
#pragma once

#include <cstdint>
#include <functional>

#include "device.h"

namespace cortado {

// Nanoseconds of a clock that never goes back.
using NanosecondClock = std::function<std::uint64_t()>;

// Hz, to a tenth of a MHz: a program that waits for ever is ended by the watchdog after a known number of
// cycles. 0 where it ends otherwise. The accelerator is reset afterwards.
std::uint64_t measure_clock(AcceleratorDevice& device, const NanosecondClock& now);

}  // namespace cortado
