// Which Zynq this board has, as the kernel says.
#pragma once

#include <string>

#include "linux_system.h"

namespace cortado {

enum class ZynqFamily { kNone, kZynq7000, kZynqUltraScale };

ZynqFamily zynq_family(const LinuxSystem& system);

// xc7z020; empty where it is not known.
std::string board_part(const LinuxSystem& system);

}  // namespace cortado
