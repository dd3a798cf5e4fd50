// Convolution as matrix products over blocks of output pixels. A block's input stays in the first-level
// cache; weights stream past it once a block. Pieces of work are output rows, and blocks run on through their
// ends.
#include <algorithm>

#include "kernels/neon/channel_parameters.h"
#include "kernels/neon/kernels.h"
#include "kernels/neon/packed_weights.h"
#include "kernels/neon/window_gather.h"

namespace cortado::neon {
namespace {

class GemmConvolution final : public ConvolutionS8 {
 public:
  GemmConvolution(const GemmKernel& kernel, const ConvolutionShape& shape, const std::int8_t* weights,
                  const std::int32_t* bias, const RequantisationS8& requantisation)
      : kernel_(kernel),
        shape_(shape),
        group_outputs_(shape.output_channels / shape.group),
        gather_(shape, kernel),
        weights_(kernel, shape, gather_, weights),
        channels_(bias, requantisation, shape.group, group_outputs_, kernel.columns) {}

  const char* name() const override { return kernel_.name; }
  std::size_t scratch_bytes() const override { return gather_.scratch_bytes(); }
  std::size_t packed_bytes() const override { return weights_.bytes() + channels_.bytes() + gather_.bytes(); }
  std::int32_t work_items() const override { return shape_.batch * shape_.output_height; }

  void run(const std::int8_t* input, std::int8_t* output, std::int32_t begin, std::int32_t end,
           void* scratch) const override {
    const std::int64_t last = std::int64_t{end} * shape_.output_width;
    for (std::int64_t first = std::int64_t{begin} * shape_.output_width; first < last;
         first += gather_.block_pixels()) {
      const auto count =
          static_cast<std::int32_t>(std::min<std::int64_t>(gather_.block_pixels(), last - first));
      std::int8_t* const target = output + static_cast<std::ptrdiff_t>(first) * shape_.output_pixel_stride;
      const std::int8_t* const* pixels = nullptr;
      for (std::int32_t group = 0; group < shape_.group; ++group) {
        if (group == 0 || gather_.per_group()) pixels = gather_.gather(input, first, count, group, scratch);
        run_block(pixels, count, group, target);
      }
    }
  }

 private:
  void run_block(const std::int8_t* const* pixels, std::int32_t count, std::int32_t group,
                 std::int8_t* output) const {
    GemmTile tile{};
    tile.pixel_offset =
        gather_.per_group() ? 0 : static_cast<std::ptrdiff_t>(group) * (shape_.input_channels / shape_.group);
    tile.segments = gather_.segments();
    tile.segment_length = weights_.segment_length();
    tile.output_pixel_stride = shape_.output_pixel_stride;
    for (std::int32_t block = 0; block < weights_.blocks(); ++block) {
      const std::int32_t first = block * kernel_.columns;
      tile.weights = weights_.block(group, block);
      tile.channels = channels_.at(group, first);
      tile.columns = std::min(kernel_.columns, group_outputs_ - first);
      tile.output = output + static_cast<std::ptrdiff_t>(group) * group_outputs_ + first;
      tile.pixels = pixels;
      for (std::int32_t row = 0; row < count; row += kernel_.rows) {
        tile.rows = std::min(kernel_.rows, count - row);
        kernel_.run[tile.rows - 1](tile);
        tile.pixels += static_cast<std::ptrdiff_t>(kernel_.rows) * tile.segments;
        tile.output += kernel_.rows * shape_.output_pixel_stride;
      }
    }
  }

  const GemmKernel& kernel_;
  ConvolutionShape shape_;
  std::int32_t group_outputs_;
  WindowGather gather_;
  PackedWeights weights_;
  ChannelParameters channels_;
};

}  // namespace

std::unique_ptr<ConvolutionS8> make_gemm_convolution(const GemmKernel& kernel, const ConvolutionShape& shape,
                                                     const std::int8_t* weights, const std::int32_t* bias,
                                                     const RequantisationS8& requantisation) {
  return std::make_unique<GemmConvolution>(kernel, shape, weights, bias, requantisation);
}

}  // namespace cortado::neon
