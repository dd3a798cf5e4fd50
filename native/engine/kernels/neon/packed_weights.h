#pragma once

#include "kernels/convolution.h"
#include "kernels/neon/aligned_buffer.h"
#include "kernels/neon/gemm_kernel.h"
#include "kernels/neon/window_gather.h"

namespace cortado::neon {

// Weights in the order in which a matrix-product kernel reads them: group by group, block by block of
// GemmKernel::columns output channels, each block segment by segment. Missing channels and the padding of
// segments are 0.
class PackedWeights {
 public:
  // weights: output_channels x (input_channels / group) x kernel_height x kernel_width.
  PackedWeights(const GemmKernel& kernel, const ConvolutionShape& shape, const WindowGather& gather,
                const std::int8_t* weights);

  std::int32_t segment_length() const { return segment_length_; }  // a multiple of the kernel's tail_step
  std::int32_t blocks() const { return blocks_; }                  // of one group
  const std::int8_t* block(std::int32_t group, std::int32_t block) const;
  std::size_t bytes() const { return data_.bytes(); }

 private:
  std::int32_t segment_length_;
  std::int32_t blocks_;
  std::size_t block_bytes_;
  AlignedBuffer<std::int8_t> data_;
};

}  // namespace cortado::neon
