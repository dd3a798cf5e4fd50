// Blobs on their way between the processor's memory (NHWC with a stride between pixels) and the accelerator's
// (planes of 16 channels; docs/fpga/instructions.md, "Layouts").
#pragma once

#include <cstdint>

#include "accelerator_programs.h"
#include "image.h"
#include "kernels/convolution.h"

namespace cortado {

// Bytes that the blob takes in shared memory.
std::size_t shared_bytes(const SharedBlob& blob, const Extents& extents);

// `shared`: the blob's first byte there. Planes or narrow.
void to_shared(const SharedBlob& blob, const Image<const std::int8_t>& image, std::uint8_t* shared);

// Planes.
void from_shared(const SharedBlob& blob, const std::uint8_t* shared, const Image<std::int8_t>& image);

// Raw: sums of a convolution, which become what its float output has.
void from_shared_sums(const std::uint8_t* shared, const DequantisationF32& dequantisation,
                      const Image<float>& image);

}  // namespace cortado
