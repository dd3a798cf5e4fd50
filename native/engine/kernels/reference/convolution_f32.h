// float32 convolution: the baseline that int8 is compared with. Takes every shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/convolution.h"
#include "operation.h"

namespace cortado {

// Sums are formed in blocks of kPixels output pixels by kChannels output channels; products that a packed
// weight takes part in are a multiply-accumulate of a vector of channels by one input value:
//
//              weights  [ k: c0 c1 c2 c3 | c4 c5 c6 c7 ]
//     panel  p0 x   →   acc(p0)  v v v v    v v v v
//     [ k ]  p1 x   →   acc(p1)  v v v v    v v v v
//            …
class ConvolutionF32 {
 public:
  // weights: output_channels x (input_channels / group) x kernel_h x kernel_w; they and `bias` are copied.
  ConvolutionF32(const ConvolutionShape& shape, const float* weights, const float* bias,
                 const Activation& activation);

  std::size_t scratch_bytes() const;
  std::size_t packed_bytes() const { return (weights_.size() + bias_.size()) * sizeof(float); }
  // A convolution with one output pixel (fully connected) is split by blocks of output channels, others by
  // rows.
  std::int32_t work_items() const;
  void run(const float* input, float* output, std::int32_t begin, std::int32_t end, void* scratch) const;

 private:
  bool one_pixel() const;
  void run_blocks(const float* panel, float* output, std::int32_t group, std::int32_t first_block,
                  std::int32_t last_block, std::int32_t pixels) const;
  void gather(const float* input, std::int32_t row, std::int32_t x, std::int32_t pixels, std::int32_t group,
              float* panel) const;

  ConvolutionShape shape_;
  Activation activation_;
  std::int32_t group_inputs_, group_outputs_, group_blocks_;
  std::size_t depth_;           // products per sum
  std::vector<float> weights_;  // group x block x depth_ x kChannels
  std::vector<float> bias_;     // group x block x kChannels
};

}  // namespace cortado
