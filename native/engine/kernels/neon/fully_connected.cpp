// Layers with one output pixel: each block of weights is read once from memory and serves every image of the
// batch. Pieces of work are blocks of output channels.
#include <algorithm>

#include "kernels/neon/channel_parameters.h"
#include "kernels/neon/kernels.h"
#include "kernels/neon/packed_weights.h"
#include "kernels/neon/window_gather.h"

namespace cortado::neon {
namespace {

template <typename Epilogue>
class FullyConnected final : public Int8Convolution<typename Epilogue::Output> {
 public:
  using Output = typename Epilogue::Output;

  FullyConnected(const GemmKernel& kernel, const ConvolutionShape& shape, const std::int8_t* weights,
                 const std::int32_t* bias, const Epilogue& epilogue)
      : kernel_(kernel),
        routines_(kernel),
        shape_(shape),
        gather_(shape, kernel),
        weights_(kernel, shape, gather_, weights),
        channels_(bias, epilogue, 1, shape.output_channels, kernel.columns) {}

  const char* name() const override { return routines_.name; }
  std::size_t scratch_bytes() const override { return gather_.scratch_bytes(); }
  std::size_t packed_bytes() const override { return weights_.bytes() + channels_.bytes() + gather_.bytes(); }
  std::int32_t work_items() const override { return weights_.blocks(); }

  void run(const std::int8_t* input, Output* output, std::int32_t begin, std::int32_t end,
           void* scratch) const override {
    for (std::int32_t first = 0; first < shape_.batch; first += gather_.block_pixels()) {
      const std::int32_t count = std::min(gather_.block_pixels(), shape_.batch - first);
      run_images(gather_.gather(input, first, count, 0, scratch), count, begin, end,
                 output + first * shape_.output_pixel_stride);
    }
  }

 private:
  void run_images(const std::int8_t* const* pixels, std::int32_t count, std::int32_t begin, std::int32_t end,
                  Output* output) const {
    GemmTile<Output> tile{};
    tile.segments = gather_.segments();
    tile.segment_length = weights_.segment_length();
    tile.output_pixel_stride = shape_.output_pixel_stride;
    tile.rows = 1;
    for (std::int32_t block = begin; block < end; ++block) {
      const std::int32_t first = block * kernel_.columns;
      tile.weights = weights_.block(0, block);
      tile.channels = channels_.at(0, first);
      tile.columns = std::min(kernel_.columns, shape_.output_channels - first);
      tile.output = output + first;
      tile.pixels = pixels;
      for (std::int32_t image = 0; image < count; ++image) {
        routines_.run[0](tile);
        tile.pixels += tile.segments;
        tile.output += shape_.output_pixel_stride;
      }
    }
  }

  const GemmKernel& kernel_;
  const GemmRoutines<Output>& routines_;
  ConvolutionShape shape_;
  WindowGather gather_;
  PackedWeights weights_;
  ChannelParameters<Epilogue> channels_;
};

}  // namespace

template <typename Epilogue>
Int8ConvolutionPointer<Epilogue> make_fully_connected(const GemmKernel& kernel, const ConvolutionShape& shape,
                                                      const std::int8_t* weights, const std::int32_t* bias,
                                                      const Epilogue& epilogue) {
  if (shape.output_height != 1 || shape.output_width != 1 || shape.group != 1) return nullptr;
  return std::make_unique<FullyConnected<Epilogue>>(kernel, shape, weights, bias, epilogue);
}

template Int8ConvolutionPointer<RequantisationS8> make_fully_connected(const GemmKernel&,
                                                                       const ConvolutionShape&,
                                                                       const std::int8_t*,
                                                                       const std::int32_t*,
                                                                       const RequantisationS8&);
template Int8ConvolutionPointer<DequantisationF32> make_fully_connected(const GemmKernel&,
                                                                        const ConvolutionShape&,
                                                                        const std::int8_t*,
                                                                        const std::int32_t*,
                                                                        const DequantisationF32&);

}  // namespace cortado::neon
