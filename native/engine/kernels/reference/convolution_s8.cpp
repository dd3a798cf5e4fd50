// int8 -> int8, in portable C++: what every other kernel must equal.
#include "kernels/convolution.h"
#include "kernels/reference/accumulator_s8.h"
#include "kernels/reference/requantise_entry.h"

namespace cortado {
namespace {

class ReferenceConvolutionS8 final : public ConvolutionS8 {
 public:
  ReferenceConvolutionS8(const ConvolutionShape& shape, const std::int8_t* weights, const std::int32_t* bias,
                         const RequantisationS8& requantisation)
      : accumulator_(shape, weights, bias), requantisation_(requantisation) {}

  const char* name() const override { return "convolution_s8_reference"; }
  std::size_t scratch_bytes() const override { return accumulator_.scratch_bytes(); }
  std::size_t packed_bytes() const override { return accumulator_.packed_bytes(); }
  std::int32_t work_items() const override { return accumulator_.work_items(); }

  void run(const std::int8_t* input, std::int8_t* output, std::int32_t begin, std::int32_t end,
           void* scratch) const override {
    accumulator_.for_each_pixel(
        input, begin, end, scratch,
        [&](std::ptrdiff_t pixel, std::int32_t first, std::int32_t last, const std::int32_t* accumulators) {
          for (std::int32_t c = first; c < last; ++c)
            output[pixel + c] = requantise_by(requantisation_, accumulators[c - first], c);
        });
  }

 private:
  AccumulatorS8 accumulator_;
  RequantisationS8 requantisation_;
};

}  // namespace

std::unique_ptr<ConvolutionS8> make_reference_convolution_s8(const ConvolutionShape& shape,
                                                             const std::int8_t* weights,
                                                             const std::int32_t* bias,
                                                             const RequantisationS8& requantisation) {
  return std::make_unique<ReferenceConvolutionS8>(shape, weights, bias, requantisation);
}

}  // namespace cortado
