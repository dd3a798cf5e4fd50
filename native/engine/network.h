// A network as the executor believes it: read from a package once every statement of it was checked. Spans
// and string views point into the package.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "accelerator_programs.h"
#include "blob.h"
#include "operation.h"
#include "span.h"

namespace cortado {

// What the board does to 8-bit pixels.
struct Preprocessing {
  float norm = 1;
  Span<float> mean;         // per channel, or empty
  Span<float> mean_image;   // channels x height x width, or empty
  Span<std::int8_t> table;  // pixel -> int8, 256 entries per channel, or empty
};

enum class GoldenType : std::uint8_t { kPixels, kInt8, kFloat32 };

struct GoldenBlob {
  BlobIndex blob;
  GoldenType type;
  Span<std::uint8_t> bytes;  // Caffe's order
  float tolerance;
};

struct Golden {
  std::vector<GoldenBlob> inputs;   // in the order of Network::inputs
  std::vector<GoldenBlob> outputs;  // in the order of Network::outputs
};

struct Fingerprint {
  std::string_view builder, target, precision, model_sha256;
  std::optional<std::string_view> table_sha256, bitstream;
  std::uint64_t memory = 0;  // bytes that the builder says the blobs need at the least
};

struct Network {
  std::string_view name;
  Fingerprint fingerprint;
  std::vector<Blob> blobs;
  std::vector<BlobIndex> inputs, outputs;
  std::vector<Operation> operations;
  Preprocessing preprocessing;
  std::vector<std::string_view> labels;
  std::vector<Golden> goldens;
  std::uint64_t macs = 0;
  // In a package for an FPGA. The operations are complete without it.
  std::optional<AcceleratorPrograms> accelerator;
};

}  // namespace cortado
