#pragma once

#include "network.h"
#include "package_generated.h"

namespace cortado {

// The accelerator's part of a package. `network` has its blobs and operations, in an order that was checked.
AcceleratorPrograms read_accelerator(const format::Accelerator& table, const Network& network);

}  // namespace cortado
