// A network as the executor believes it: read from a package once every statement of it was checked. Spans
// and string views point into the package.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "activation.h"
#include "kernels/convolution.h"
#include "span.h"

namespace cortado {

enum class ElementType : std::uint8_t { kInt8, kFloat32 };

inline std::size_t element_bytes(ElementType type) { return type == ElementType::kInt8 ? 1 : 4; }

// Caffe's shape, trailing extents that are not there being 1. Elements and bytes of every blob are below
// 2^31.
struct Extents {
  std::int32_t batch = 1, channels = 1, height = 1, width = 1;

  std::int32_t elements() const { return batch * channels * height * width; }
  std::int32_t pixels() const { return batch * height * width; }
  bool operator==(const Extents& other) const {
    return batch == other.batch && channels == other.channels && height == other.height &&
           width == other.width;
  }
  bool operator!=(const Extents& other) const { return !(*this == other); }
};

using BlobIndex = std::uint32_t;

struct Blob {
  std::string_view name;
  ElementType type = ElementType::kFloat32;
  std::vector<std::int32_t> shape;  // as the package has it, rank 1 to 4
  Extents extents;
  float scale = 0;                     // int8 = round(float * scale)
  std::optional<std::uint32_t> check;  // CRC-32 of its bytes in Caffe's order on the first golden input
};

struct Window {
  std::int32_t kernel_height, kernel_width;
  std::int32_t stride_height, stride_width;
  std::int32_t pad_height, pad_width;
  std::int32_t dilation_height, dilation_width;
};

struct Convolution {
  BlobIndex input, output;
  Window window;
  std::int32_t group;
  Span<std::uint8_t> weights;  // int8 where the input is int8, else float32
  Span<std::int32_t> bias32;
  Span<float> bias;
  RequantisationS8 requantisation;  // int8 output
  Span<float> output_factor;        // int8 input, float output
  Activation activation;            // float output
};

enum class PoolingMethod : std::uint8_t { kMax, kAverage };

struct Pooling {
  BlobIndex input, output;
  PoolingMethod method;
  Window window;
  Span<std::uint32_t> divisors;     // int8 average: entry i of what follows is for divisors[i]
  RequantisationS8 requantisation;  // int8 average to int8
  Span<float> output_factor;        // int8 average to float
  Activation activation;            // int8 maximum: none or ReLU
};

struct EltwiseSum {
  std::vector<BlobIndex> inputs;
  BlobIndex output;
  Span<float> coefficients;  // float
  Span<std::int16_t> multipliers;
  std::uint8_t shift;
  std::int8_t low, high;
  Activation activation;
};

struct Concat {
  std::vector<BlobIndex> inputs;
  BlobIndex output;
  std::int32_t axis;  // 0 batch, 1 channels, 2 height, 3 width
};

struct ActivationOperation {
  BlobIndex input, output;
  std::int8_t low, high;
  bool requantised;  // int8 by `requantisation`, else by the bounds
  bool per_channel;  // `requantisation` has an entry per channel, else one
  RequantisationS8 requantisation;
  Activation activation;  // float
};

struct Affine {
  BlobIndex input, output;
  Span<float> scale, shift;
  Activation activation;
};

struct Softmax {
  BlobIndex input, output;
  std::int32_t axis;
};

struct Reshape {
  BlobIndex input, output;
};

struct Quantize {
  BlobIndex input, output;
};

struct Dequantize {
  BlobIndex input, output;
  float factor;
};

using OperationBody = std::variant<Convolution, Pooling, EltwiseSum, Concat, ActivationOperation, Affine,
                                   Softmax, Reshape, Quantize, Dequantize>;

struct Operation {
  std::string_view layer;
  OperationBody body;
};

// Blobs that an operation reads, and the one that it writes.
std::vector<BlobIndex> inputs_of(const Operation& operation);
BlobIndex output_of(const Operation& operation);

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
  std::optional<std::string_view> table_sha256;
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
};

}  // namespace cortado
