#pragma once

#include "json.h"
#include "linux_system.h"

namespace cortado {

// The object `fpga` of the event `probe` (docs/agent-protocol.md): what there is to run an accelerator with.
Json fpga_facts(LinuxSystem& system);

}  // namespace cortado
