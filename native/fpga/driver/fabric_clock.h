// The clock that the processing system gives to the logic: FCLK_CLK0 of a Zynq-7000, PL_CLK0 of a Zynq
// UltraScale+.
#pragma once

#include <cstdint>

#include "board_part.h"
#include "linux_system.h"

namespace cortado {

// Sets the clock as near to `wanted_hz` as its dividers allow without going over it, and returns what it is
// then. 0 leaves it as it is. Returns 0 where this user may not even read it. Refuses with fpga.clock where
// the clock cannot be as slow as wanted.
std::uint64_t set_fabric_clock(LinuxSystem& system, ZynqFamily family, std::uint64_t wanted_hz);

struct Dividers {
  std::uint32_t first = 0, second = 0;  // 1 to 63 each
};

// The fastest clock not above `wanted_hz` (with a tolerance for crystals that are named in whole Hz); zeros
// where there is none.
Dividers choose_dividers(std::uint64_t source_hz, std::uint64_t wanted_hz);

}  // namespace cortado
