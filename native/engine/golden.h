// Whether this processor computes what the builder computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "executor.h"
#include "network.h"

namespace cortado {

// Thrown for the first difference, in the order of execution.
struct GoldenMismatch {
  std::string layer;  // that wrote the blob; "input" for the network's inputs
  std::string blob;
  std::optional<std::size_t> element;  // in Caffe's order; none where only a checksum is known
  std::string expected, actual;        // values, or the checksums
};

struct FloatOutput {
  std::string name;
  float max_difference;
  float tolerance;
};

struct Verification {
  std::size_t goldens = 0;
  std::size_t int8_blobs = 0;  // checked bit for bit
  std::vector<FloatOutput> float_outputs;
};

// Runs every golden input. On the first one each int8 blob that has a check is compared right after it was
// written.
Verification verify_goldens(const Network& network, Executor& executor);

}  // namespace cortado
