// NumPy's file format for arrays, as far as inputs and outputs need it: uint8 and float32, C order, little
// endian. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cortado {

enum class NpyType : std::uint8_t { kUint8, kFloat32 };

struct NpyArray {
  NpyType type;
  std::vector<std::uint8_t> bytes;
};

// Reads an array of the given shape; a leading extent of 1 may be left out in the file. Throws a Refusal with
// the code input.unreadable or input.shape.
NpyArray read_npy(const std::string& path, const std::vector<std::int32_t>& shape);

// Writes float32 under a temporary name first, so that a file of the name is always whole. Throws
// output.unwritable.
void write_npy(const std::string& path, const std::vector<std::int32_t>& shape,
               const std::vector<float>& values);

}  // namespace cortado
