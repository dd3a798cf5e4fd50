// Where each blob lies in the one arena that all of them share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "network.h"

namespace cortado {

struct BlobPlacement {
  std::uint64_t offset = 0;         // in bytes
  std::ptrdiff_t pixel_stride = 0;  // in elements
  // When the memory is in use: from before the operation `first` runs until after the operation `last` did.
  // Blobs that no operation writes and that are no input have no memory (last < first).
  std::size_t first = 1, last = 0;
};

struct MemoryPlan {
  std::vector<BlobPlacement> blobs;
  // For each operation: a concatenation whose inputs lie in its output already, so that there is nothing to
  // copy.
  std::vector<bool> in_place;
  std::uint64_t arena_bytes = 0;
};

// Blobs that are not needed at the same time share memory; inputs and outputs keep theirs, so that a network
// can be run again and its outputs be read at any time. Each is aligned to 64 bytes, with kBlobSlack bytes
// behind it, but for the inputs of a concatenation along channels: they lie inside its output where each of
// them is wanted in one place only.
MemoryPlan plan_memory(const Network& network);

}  // namespace cortado
