// int8 -> int8 or float, in portable C++: what every other kernel must equal.
#include "kernels/convolution.h"
#include "kernels/reference/accumulator_s8.h"
#include "kernels/reference/activation_f32.h"
#include "kernels/reference/requantise_entry.h"

namespace cortado {
namespace {

constexpr const char* name_of(const RequantisationS8&) { return "convolution_s8_reference"; }
constexpr const char* name_of(const DequantisationF32&) { return "convolution_s8_f32_reference"; }

// Accumulators of channels [first, last) of one pixel to the pixel's output.
void finish(const RequantisationS8& requantisation, const std::int32_t* accumulators, std::int32_t first,
            std::int32_t last, std::int8_t* pixel) {
  for (std::int32_t c = first; c < last; ++c)
    pixel[c] = requantise_by(requantisation, accumulators[c - first], c);
}

void finish(const DequantisationF32& dequantisation, const std::int32_t* accumulators, std::int32_t first,
            std::int32_t last, float* pixel) {
  for (std::int32_t c = first; c < last; ++c)
    pixel[c] = static_cast<float>(accumulators[c - first]) * dequantisation.factor[c];
  activate(dequantisation.activation, pixel + first, first, last - first);
}

template <typename Epilogue>
class ReferenceConvolutionS8 final : public Int8Convolution<typename Epilogue::Output> {
 public:
  ReferenceConvolutionS8(const ConvolutionShape& shape, const std::int8_t* weights, const std::int32_t* bias,
                         const Epilogue& epilogue)
      : accumulator_(shape, weights, bias), epilogue_(epilogue) {}

  const char* name() const override { return name_of(epilogue_); }
  std::size_t scratch_bytes() const override { return accumulator_.scratch_bytes(); }
  std::size_t packed_bytes() const override { return accumulator_.packed_bytes(); }
  std::int32_t work_items() const override { return accumulator_.work_items(); }

  void run(const std::int8_t* input, typename Epilogue::Output* output, std::int32_t begin, std::int32_t end,
           void* scratch) const override {
    accumulator_.for_each_pixel(
        input, begin, end, scratch,
        [&](std::ptrdiff_t pixel, std::int32_t first, std::int32_t last, const std::int32_t* accumulators) {
          finish(epilogue_, accumulators, first, last, output + pixel);
        });
  }

 private:
  AccumulatorS8 accumulator_;
  Epilogue epilogue_;
};

}  // namespace

std::unique_ptr<ConvolutionS8> make_reference_convolution_s8(const ConvolutionShape& shape,
                                                             const std::int8_t* weights,
                                                             const std::int32_t* bias,
                                                             const RequantisationS8& requantisation) {
  return std::make_unique<ReferenceConvolutionS8<RequantisationS8>>(shape, weights, bias, requantisation);
}

std::unique_ptr<ConvolutionS8F32> make_reference_convolution_s8(const ConvolutionShape& shape,
                                                                const std::int8_t* weights,
                                                                const std::int32_t* bias,
                                                                const DequantisationF32& dequantisation) {
  return std::make_unique<ReferenceConvolutionS8<DequantisationF32>>(shape, weights, bias, dequantisation);
}

}  // namespace cortado
