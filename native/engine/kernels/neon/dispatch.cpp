// Which kernel computes a convolution: the most special first.
#include "kernels/neon/kernels.h"

namespace cortado {
namespace neon {
namespace {

bool has_neon(const CpuFeatures& features) { return features.neon; }

#if defined(__aarch64__)
bool has_dotprod(const CpuFeatures& features) { return features.neon && features.dotprod; }
bool has_i8mm(const CpuFeatures& features) { return features.neon && features.i8mm; }
#endif

template <typename Epilogue, const GemmKernel& kernel>
Int8ConvolutionPointer<Epilogue> convolution(const ConvolutionShape& shape, const std::int8_t* weights,
                                             const std::int32_t* bias, const Epilogue& epilogue) {
  return make_gemm_convolution(kernel, shape, weights, bias, epilogue);
}

template <typename Epilogue, const GemmKernel& kernel>
Int8ConvolutionPointer<Epilogue> fully_connected(const ConvolutionShape& shape, const std::int8_t* weights,
                                                 const std::int32_t* bias, const Epilogue& epilogue) {
  return make_fully_connected(kernel, shape, weights, bias, epilogue);
}

constexpr Candidate<RequantisationS8> kRequantising[] = {
    {"depthwise3x3_s8_neon", has_neon, make_depthwise3x3},
    {"depthwise_s8_neon", has_neon, make_depthwise<RequantisationS8>},
#if defined(__aarch64__)
    {"fc_s8_1x16c4_dotprod", has_dotprod, fully_connected<RequantisationS8, kFullyConnected1x16c4Dotprod>},
#endif
    {"fc_s8_1x8c8_mull", has_neon, fully_connected<RequantisationS8, kFullyConnected1x8c8Mull>},
#if defined(__aarch64__)
    {"conv_s8_8x8c8_i8mm", has_i8mm, convolution<RequantisationS8, kConvolution8x8c8I8mm>},
    {"conv_s8_4x16c4_dotprod", has_dotprod, convolution<RequantisationS8, kConvolution4x16c4Dotprod>},
    {"conv_s8_4x4c8_mull", has_neon, convolution<RequantisationS8, kConvolution4x4c8Mull>},
#else
    {"conv_s8_2x4c8_armv7", has_neon, convolution<RequantisationS8, kConvolution2x4c8Armv7>},
#endif
};

constexpr Candidate<DequantisationF32> kDequantising[] = {
    {"depthwise_s8_neon_f32", has_neon, make_depthwise<DequantisationF32>},
#if defined(__aarch64__)
    {"fc_s8_1x16c4_dotprod_f32", has_dotprod,
     fully_connected<DequantisationF32, kFullyConnected1x16c4Dotprod>},
#endif
    {"fc_s8_1x8c8_mull_f32", has_neon, fully_connected<DequantisationF32, kFullyConnected1x8c8Mull>},
#if defined(__aarch64__)
    {"conv_s8_8x8c8_i8mm_f32", has_i8mm, convolution<DequantisationF32, kConvolution8x8c8I8mm>},
    {"conv_s8_4x16c4_dotprod_f32", has_dotprod, convolution<DequantisationF32, kConvolution4x16c4Dotprod>},
    {"conv_s8_4x4c8_mull_f32", has_neon, convolution<DequantisationF32, kConvolution4x4c8Mull>},
#else
    {"conv_s8_2x4c8_armv7_f32", has_neon, convolution<DequantisationF32, kConvolution2x4c8Armv7>},
#endif
};

template <typename Epilogue>
Int8ConvolutionPointer<Epilogue> make_first(const CpuFeatures& features, const ConvolutionShape& shape,
                                            const std::int8_t* weights, const std::int32_t* bias,
                                            const Epilogue& epilogue) {
  for (const Candidate<Epilogue>& candidate : candidates<Epilogue>()) {
    if (!candidate.runs_on(features)) continue;
    if (auto convolution = candidate.make(shape, weights, bias, epilogue)) return convolution;
  }
  return nullptr;
}

}  // namespace

template <>
CandidateList<RequantisationS8> candidates() {
  return {kRequantising, sizeof kRequantising / sizeof kRequantising[0]};
}

template <>
CandidateList<DequantisationF32> candidates() {
  return {kDequantising, sizeof kDequantising / sizeof kDequantising[0]};
}

}  // namespace neon

std::unique_ptr<ConvolutionS8> make_neon_convolution_s8(const CpuFeatures& features,
                                                        const ConvolutionShape& shape,
                                                        const std::int8_t* weights, const std::int32_t* bias,
                                                        const RequantisationS8& requantisation) {
  return neon::make_first(features, shape, weights, bias, requantisation);
}

std::unique_ptr<ConvolutionS8F32> make_neon_convolution_s8(const CpuFeatures& features,
                                                           const ConvolutionShape& shape,
                                                           const std::int8_t* weights,
                                                           const std::int32_t* bias,
                                                           const DequantisationF32& dequantisation) {
  if (!neon::is_exact(dequantisation, shape.output_channels)) return nullptr;
  return neon::make_first(features, shape, weights, bias, dequantisation);
}

}  // namespace cortado
