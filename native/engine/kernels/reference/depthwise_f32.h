#pragma once

#include <vector>

#include "kernels/convolution.h"
#include "operation.h"

namespace cortado {

// float32 convolution of each channel by a kernel of its own; one work item is one output row.
class DepthwiseF32 {
 public:
  // weights: channels x 1 x kernel_h x kernel_w; they and `bias` are copied.
  DepthwiseF32(const ConvolutionShape& shape, const float* weights, const float* bias,
               const Activation& activation);

  std::size_t packed_bytes() const { return (weights_.size() + bias_.size()) * sizeof(float); }
  std::int32_t work_items() const { return shape_.batch * shape_.output_height; }
  void run(const float* input, float* output, std::int32_t begin, std::int32_t end) const;

 private:
  void run_pixel(const float* input, float* sums, std::int32_t row, std::int32_t x) const;

  ConvolutionShape shape_;
  Activation activation_;
  std::vector<float> weights_;  // kernel_h x kernel_w x channel
  std::vector<float> bias_;
};

}  // namespace cortado
