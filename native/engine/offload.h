// Something beside the processor that runs parts of a network.
#pragma once

#include <cstddef>
#include <functional>

#include "image.h"

namespace cortado {

class Offload {
 public:
  virtual ~Offload() = default;

  // Parts in rising order; each takes the place of operations [first, first + count).
  struct Part {
    std::size_t first, count;
  };
  virtual std::size_t parts() const = 0;
  virtual Part part(std::size_t index) const = 0;

  // A run of the whole network begins.
  virtual void begin() = 0;
  // Runs a part: reads its inputs from the processor's memory and writes there what the processor reads.
  // Refuses where the accelerator fails.
  virtual void run(std::size_t index, const std::function<BlobMemory(BlobIndex)>& memory) = 0;
  // Whether the processor's memory has this blob afterwards.
  virtual bool brings_back(BlobIndex blob) const = 0;
};

}  // namespace cortado
