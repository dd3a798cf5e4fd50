// From what a user gives (8-bit pixels or float32, Caffe's order) to the network's input blob.
#pragma once

#include <cstddef>
#include <cstdint>

#include "image.h"
#include "network.h"

namespace cortado {

// Whether the package's preprocessing can turn 8-bit pixels into this input.
bool takes_pixels(const Network& network, BlobIndex input);

// int8 by the 256-entry table where the package has one; else x = (pixel - mean) * norm, each step rounded to
// float32, and quantised by the input's scale where the input is int8. Needs takes_pixels().
void write_pixels(const Network& network, BlobIndex input, const std::uint8_t* pixels,
                  const BlobMemory& memory);

// The network's input as it is; quantised by its scale where it is int8. `values`: float32, little endian,
// any alignment.
void write_floats(const Network& network, BlobIndex input, const std::uint8_t* values,
                  const BlobMemory& memory);

// Gives one of the package's golden inputs.
void write_golden(const Network& network, const GoldenBlob& golden, const BlobMemory& memory);

}  // namespace cortado
