// Sums of an int8 convolution, before requantisation: acc = bias + sum(x * w) in int32. Takes every shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/convolution.h"

namespace cortado {

class AccumulatorS8 {
 public:
  // Output pixels of one row that are computed together, so that a weight that was loaded is used for all of
  // them.
  static constexpr std::int32_t kPixels = 4;

  AccumulatorS8(const ConvolutionShape& shape, const std::int8_t* weights, const std::int32_t* bias);

  std::size_t scratch_bytes() const;
  std::size_t packed_bytes() const;

  // A convolution with one output pixel (fully connected) is split by blocks of output channels, others by
  // rows.
  std::int32_t work_items() const;

  // Calls visit(output_offset, first_channel, last_channel, accumulators) for each pixel of the work items
  // [begin, end); accumulators[c - first_channel] is that of output channel c, output_offset the pixel's
  // first element in the output.
  template <typename Visit>
  void for_each_pixel(const std::int8_t* input, std::int32_t begin, std::int32_t end, void* scratch,
                      const Visit& visit) const {
    for (std::int32_t item = begin; item < end; ++item) {
      const Piece piece = piece_of(item);
      for (std::int32_t x = 0; x < shape_.output_width; x += kPixels) {
        const std::int32_t pixels = x + kPixels < shape_.output_width ? kPixels : shape_.output_width - x;
        const std::int32_t* accumulators = tile(input, piece, x, pixels, scratch);
        for (std::int32_t p = 0; p < pixels; ++p) {
          visit((static_cast<std::ptrdiff_t>(piece.row) * shape_.output_width + x + p) *
                    shape_.output_pixel_stride,
                piece.first_channel, piece.last_channel,
                accumulators + static_cast<std::ptrdiff_t>(p) * (piece.last_channel - piece.first_channel));
        }
      }
    }
  }

 private:
  struct Piece {
    std::int32_t row;  // batch * output_height + y
    std::int32_t first_channel, last_channel;
  };

  bool one_pixel() const;
  bool depthwise() const;
  Piece piece_of(std::int32_t item) const;
  const std::int32_t* tile(const std::int8_t* input, const Piece& piece, std::int32_t x, std::int32_t pixels,
                           void* scratch) const;
  void tile_depthwise(const std::int8_t* input, const Piece& piece, std::int32_t x, std::int32_t pixels,
                      std::int32_t* accumulators) const;
  void gather_row(const std::int8_t* input, std::int32_t left, std::int16_t* to) const;
  void gather(const std::int8_t* input, std::int32_t row, std::int32_t x, std::int32_t group,
              std::int16_t* patch) const;

  ConvolutionShape shape_;
  std::int32_t group_inputs_, group_outputs_;
  std::size_t depth_;                 // products per sum, rounded up to a multiple of 16
  std::vector<std::int8_t> weights_;  // output channel x depth_ (kernel_h, kernel_w, input channel), or
                                      // depthwise: kernel_h x kernel_w x channel
  std::vector<std::int32_t> bias_;
  std::vector<std::int8_t> padding_;  // a pixel of it, for depthwise convolutions
};

}  // namespace cortado
