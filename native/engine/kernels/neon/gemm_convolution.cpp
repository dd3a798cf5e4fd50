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

template <typename Epilogue>
class GemmConvolution final : public Int8Convolution<typename Epilogue::Output> {
 public:
  using Output = typename Epilogue::Output;

  GemmConvolution(const GemmKernel& kernel, const ConvolutionShape& shape, const std::int8_t* weights,
                  const std::int32_t* bias, const Epilogue& epilogue)
      : kernel_(kernel),
        routines_(kernel),
        shape_(shape),
        group_outputs_(shape.output_channels / shape.group),
        gather_(shape, kernel),
        weights_(kernel, shape, gather_, weights),
        channels_(bias, epilogue, shape.group, group_outputs_, kernel.columns) {}

  const char* name() const override { return routines_.name; }
  std::size_t scratch_bytes() const override { return gather_.scratch_bytes(); }
  std::size_t packed_bytes() const override { return weights_.bytes() + channels_.bytes() + gather_.bytes(); }
  std::int32_t work_items() const override { return shape_.batch * shape_.output_height; }

  void run(const std::int8_t* input, Output* output, std::int32_t begin, std::int32_t end,
           void* scratch) const override {
    const std::int64_t last = std::int64_t{end} * shape_.output_width;
    for (std::int64_t first = std::int64_t{begin} * shape_.output_width; first < last;
         first += gather_.block_pixels()) {
      const auto count =
          static_cast<std::int32_t>(std::min<std::int64_t>(gather_.block_pixels(), last - first));
      Output* const target = output + static_cast<std::ptrdiff_t>(first) * shape_.output_pixel_stride;
      const std::int8_t* const* pixels = nullptr;
      for (std::int32_t group = 0; group < shape_.group; ++group) {
        if (group == 0 || gather_.per_group()) pixels = gather_.gather(input, first, count, group, scratch);
        run_block(pixels, count, group, target);
      }
    }
  }

 private:
  void run_block(const std::int8_t* const* pixels, std::int32_t count, std::int32_t group,
                 Output* output) const {
    GemmTile<Output> tile{};
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
        routines_.run[tile.rows - 1](tile);
        tile.pixels += static_cast<std::ptrdiff_t>(kernel_.rows) * tile.segments;
        tile.output += kernel_.rows * shape_.output_pixel_stride;
      }
    }
  }

  const GemmKernel& kernel_;
  const GemmRoutines<Output>& routines_;
  ConvolutionShape shape_;
  std::int32_t group_outputs_;
  WindowGather gather_;
  PackedWeights weights_;
  ChannelParameters<Epilogue> channels_;
};

}  // namespace

template <typename Epilogue>
Int8ConvolutionPointer<Epilogue> make_gemm_convolution(const GemmKernel& kernel,
                                                       const ConvolutionShape& shape,
                                                       const std::int8_t* weights, const std::int32_t* bias,
                                                       const Epilogue& epilogue) {
  return std::make_unique<GemmConvolution<Epilogue>>(kernel, shape, weights, bias, epilogue);
}

template Int8ConvolutionPointer<RequantisationS8> make_gemm_convolution(const GemmKernel&,
                                                                        const ConvolutionShape&,
                                                                        const std::int8_t*,
                                                                        const std::int32_t*,
                                                                        const RequantisationS8&);
template Int8ConvolutionPointer<DequantisationF32> make_gemm_convolution(const GemmKernel&,
                                                                         const ConvolutionShape&,
                                                                         const std::int8_t*,
                                                                         const std::int32_t*,
                                                                         const DequantisationF32&);

}  // namespace cortado::neon
