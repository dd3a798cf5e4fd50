// The operations of a network; what each computes is said in schema/package.fbs.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "activation.h"
#include "blob.h"
#include "kernels/convolution.h"
#include "span.h"

namespace cortado {

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
  Span<std::uint8_t> weights;  // int8 where the input is int8, else float32 or float16
  bool half_weights;           // float16, little endian
  Span<std::int32_t> bias32;
  Span<float> bias;
  RequantisationS8 requantisation;  // int8 output
  Span<float> output_factor;        // int8 input, float output
  Activation activation;            // float output
  std::int8_t pad_level;            // int8 input
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
  std::int32_t bias;
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

enum class UnaryFunction : std::uint8_t {
  kAbs,
  kElu,
  kSigmoid,
  kTanh,
  kPower,
  kExp,
  kLog,
  kBnll,
  kThreshold,
  kSwish,
  kClip
};

struct Unary {
  BlobIndex input, output;
  UnaryFunction function;
  double a, b, c;
};

enum class EltwiseFunction : std::uint8_t { kProduct, kMax };

struct Eltwise {
  std::vector<BlobIndex> inputs;
  BlobIndex output;
  EltwiseFunction function;
  std::int8_t low, high;  // int8
  Activation activation;  // float
};

enum class BroadcastFunction : std::uint8_t { kMultiply, kAdd };

struct Broadcast {
  BlobIndex input, operand, output;
  BroadcastFunction function;
};

struct Permute {
  BlobIndex input, output;
  std::array<std::int32_t, 4> order;  // axis i of the output is axis order[i] of the input
};

struct Crop {
  BlobIndex input, output;
  std::array<std::int32_t, 4> offsets;
};

struct Tile {
  BlobIndex input, output;
};

struct Upsample {
  BlobIndex input, output;
};

struct ShuffleChannel {
  BlobIndex input, output;
  std::int32_t group;
};

struct InsertZeros {
  BlobIndex input, output;
  std::int32_t stride_height, stride_width;
};

struct Interp {
  BlobIndex input, output;
};

struct LocalResponse {
  BlobIndex input, output;
  std::int32_t size;
  bool within;  // a channel; else across channels
  double factor, beta, k;
};

struct Normalize {
  BlobIndex input, output;
  bool across_spatial;
  double eps;
  Span<float> scale;  // one, or one per channel
};

enum class ReductionFunction : std::uint8_t { kSum, kAbsoluteSum, kSquareSum };

struct Reduction {
  BlobIndex input, output;
  ReductionFunction function;
  double factor;
};

struct ArgMax {
  BlobIndex input, output;
  std::int32_t axis;
  bool indices;  // else the values
};

struct Constant {
  BlobIndex output;
  Span<std::uint8_t> data;  // float32 in Caffe's order
};

enum class BoxCode : std::uint8_t { kCorner, kCenterSize, kCornerSize };

struct DetectionOutput {
  BlobIndex locations, confidences, priors, output;
  std::int32_t classes;
  bool shared_location, variance_in_target, clip;
  BoxCode code;
  std::int32_t background, top_k, keep_top_k;
  double confidence, overlap, eta;
};

using OperationBody = std::variant<Convolution, Pooling, EltwiseSum, Concat, ActivationOperation, Affine,
                                   Softmax, Reshape, Quantize, Dequantize, Unary, Eltwise, Broadcast, Permute,
                                   Crop, Tile, Upsample, ShuffleChannel, InsertZeros, Interp, LocalResponse,
                                   Normalize, Reduction, ArgMax, Constant, DetectionOutput>;

struct Operation {
  std::string_view layer;
  OperationBody body;
};

// Blobs that an operation reads, and the one that it writes.
std::vector<BlobIndex> inputs_of(const Operation& operation);
BlobIndex output_of(const Operation& operation);

}  // namespace cortado
