// The contract between the executor and whatever computes a convolution (fully connected layers and depthwise
// convolutions included). A backend gives a factory; a factory that cannot take a shape returns null, and the
// next one is asked. The reference factory takes every shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "activation.h"

namespace cortado {

// Blobs in memory are NHWC: channels of a pixel are adjacent, `pixel_stride` elements lie between pixels
// (more than the channels where the blob is a part of a concatenation), rows and images follow without a gap.
// At least kBlobSlack bytes behind a blob may be read (never written); what is read there must not change a
// result.
inline constexpr std::size_t kBlobSlack = 64;

struct ConvolutionShape {
  std::int32_t batch;
  std::int32_t input_height, input_width, input_channels;
  std::int32_t output_height, output_width, output_channels;
  std::int32_t kernel_height, kernel_width;
  std::int32_t stride_height, stride_width;
  std::int32_t pad_height,
      pad_width;  // above and to the left; below and right follow from the output's extent
  std::int32_t dilation_height, dilation_width;
  std::int32_t group;
  std::ptrdiff_t input_pixel_stride, output_pixel_stride;  // in elements
  std::int8_t pad_level;                                   // what lies in the padding of an int8 input
};

// Requantisation of one output channel's accumulator (bias added):
//   a = saturating_left_shift(acc, left_shift)
//   t = (2 * a * (multiplier << 16) + 2^31) >> 32
//   y = clamp(((t + (right_shift > 0 ? 1 << (right_shift - 1) : 0)) >> right_shift) + zero, low, high)
// Pointers are to arrays of output_channels entries that outlive the kernel. The `negative_` ones are null
// unless accumulators below 0 have a multiplier of their own (leaky ReLU, PReLU).
struct RequantisationS8 {
  using Output = std::int8_t;
  const std::uint16_t* multiplier;
  const std::uint8_t* right_shift;
  const std::uint8_t* left_shift;
  const std::int16_t* negative_multiplier;
  const std::uint8_t* negative_right_shift;
  const std::uint8_t* negative_left_shift;
  std::int8_t low, high;
  std::int8_t zero = 0;  // the result's level of 0.0
};

// From an accumulator (bias added) to float: y = activation(float(acc) * factor[c]), each step rounded to
// float32. `factor` has output_channels entries; it and the activation's slopes outlive the kernel.
struct DequantisationF32 {
  using Output = float;
  const float* factor;
  Activation activation;
};

// A convolution of int8 with its weights packed for one kernel. Immutable after it is made: `run` may be
// called from several threads at once on disjoint row ranges.
template <typename Output>
class Int8Convolution {
 public:
  virtual ~Int8Convolution() = default;
  // The kernel's file name without its ending, and _f32 where it stores floats: conv_s8_4x16c4_dotprod.
  virtual const char* name() const = 0;
  // Bytes of scratch that one thread needs for `run`.
  virtual std::size_t scratch_bytes() const = 0;
  virtual std::size_t packed_bytes() const = 0;
  // How many independent pieces `run` can be split into: for most kernels batch * output_height rows, for
  // fully connected ones blocks of output channels.
  virtual std::int32_t work_items() const = 0;
  // Computes pieces [begin, end). `scratch` is aligned to 64 bytes. Output values outside the blob's channels
  // are kept.
  virtual void run(const std::int8_t* input, Output* output, std::int32_t begin, std::int32_t end,
                   void* scratch) const = 0;
};
using ConvolutionS8 = Int8Convolution<std::int8_t>;
using ConvolutionS8F32 = Int8Convolution<float>;

// weights: output_channels x (input_channels / group) x kernel_height x kernel_width, int8 in [-127, 127];
// they and `bias` (one per output channel) are copied into the packed form. |127 * sum(|w|)| + |bias| < 2^31
// per channel.
template <typename Epilogue>  // RequantisationS8 or DequantisationF32
using Int8ConvolutionFactory = std::unique_ptr<Int8Convolution<typename Epilogue::Output>> (*)(
    const ConvolutionShape& shape, const std::int8_t* weights, const std::int32_t* bias,
    const Epilogue& epilogue);

// Takes every shape.
std::unique_ptr<ConvolutionS8> make_reference_convolution_s8(const ConvolutionShape&, const std::int8_t*,
                                                             const std::int32_t*, const RequantisationS8&);
std::unique_ptr<ConvolutionS8F32> make_reference_convolution_s8(const ConvolutionShape&, const std::int8_t*,
                                                                const std::int32_t*,
                                                                const DequantisationF32&);

struct CpuFeatures {
  bool neon = false;
  bool dotprod = false;  // SDOT (asimddp)
  bool i8mm = false;
  bool fp16 = false;  // half-precision arithmetic (asimdhp)
};

// Best kernel of the NEON backend for this shape on this CPU; null where none fits (the executor then takes
// the reference). Only on ARM builds.
std::unique_ptr<ConvolutionS8> make_neon_convolution_s8(const CpuFeatures&, const ConvolutionShape&,
                                                        const std::int8_t*, const std::int32_t*,
                                                        const RequantisationS8&);
std::unique_ptr<ConvolutionS8F32> make_neon_convolution_s8(const CpuFeatures&, const ConvolutionShape&,
                                                           const std::int8_t*, const std::int32_t*,
                                                           const DequantisationF32&);

}  // namespace cortado
