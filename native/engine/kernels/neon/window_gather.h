#pragma once

#include <vector>

#include "kernels/convolution.h"
#include "kernels/neon/aligned_buffer.h"
#include "kernels/neon/gemm_kernel.h"

namespace cortado::neon {

// Finds the input of output pixels for a matrix-product kernel: a table of pointers to the segments of each
// pixel's window. Output pixels are numbered through rows and images. How a window is cut into segments
// depends on the shape:
//   Direct    1x1, stride 1: one segment, the pixel's channels, in place
//   Dense     the window is one piece of memory (fully connected layers): one segment, in place
//   Taps      one segment for every tap of the window, in place; taps in the padding point to its level
//   Panel     few channels: the window is copied into scratch, one dense segment
class WindowGather {
 public:
  WindowGather(const ConvolutionShape& shape, const GemmKernel& kernel);

  std::int32_t segments() const { return segments_; }
  std::int32_t segment_length() const { return segment_length_; }  // without padding to the kernel's step
  // Panels hold one group's channels: gather again for each group, and add no offset.
  bool per_group() const { return form_ == Form::kPanel; }
  // Pixels that are gathered at once, so that their input stays in the first-level cache while weights stream
  // past.
  std::int32_t block_pixels() const { return block_pixels_; }
  std::size_t scratch_bytes() const;
  std::size_t bytes() const { return padding_.bytes(); }

  // Fills the pointer table at the head of `scratch` for `count` (1 to block_pixels) pixels: tile by tile,
  // segments x GemmKernel::rows pointers each. Rows without a pixel repeat the last one.
  const std::int8_t* const* gather(const std::int8_t* input, std::int64_t first, std::int32_t count,
                                   std::int32_t group, void* scratch) const;

 private:
  enum class Form { kDirect, kDense, kTaps, kPanel };
  struct Position {
    std::int32_t image, y, x;
  };

  Form choose_form(const GemmKernel& kernel) const;
  std::int32_t choose_block_pixels() const;
  std::size_t table_bytes() const;
  std::ptrdiff_t panel_pitch() const;
  Position position_of(std::int64_t pixel) const;
  void advance(Position& position) const;
  const std::int8_t* tap(const std::int8_t* input, const Position& position, std::int32_t ky,
                         std::int32_t kx) const;
  // Whether no tap of the window lies in the padding.
  bool inside(const Position& position) const;
  void point_to_taps(const std::int8_t* input, const Position& position, const std::int8_t** entry) const;
  void copy_window(const std::int8_t* input, const Position& position, std::int32_t group,
                   std::int8_t* row) const;

  ConvolutionShape shape_;
  std::int32_t tile_rows_;
  std::int32_t group_channels_;
  Form form_;
  std::int32_t segments_;
  std::int32_t segment_length_;
  std::int32_t block_pixels_;
  std::vector<std::ptrdiff_t> tap_offsets_;  // from a window's first tap, in bytes
  AlignedBuffer<std::int8_t> padding_;
};

}  // namespace cortado::neon
