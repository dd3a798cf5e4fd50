#pragma once

#include "network.h"
#include "package_generated.h"

namespace cortado {

// Reads the golden inputs and outputs into `network`, whose blobs and preprocessing are there already: one
// entry for each of the network's inputs and outputs, in their order, each of the size that its blob needs.
void read_goldens(const format::Package& package, Network& network);

}  // namespace cortado
