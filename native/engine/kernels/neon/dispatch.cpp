// Which kernel computes a convolution: the most special first.
#include "kernels/neon/kernels.h"

namespace cortado {
namespace neon {
namespace {

bool has_neon(const CpuFeatures& features) { return features.neon; }

template <const GemmKernel& kernel>
std::unique_ptr<ConvolutionS8> convolution(const ConvolutionShape& shape, const std::int8_t* weights,
                                           const std::int32_t* bias, const RequantisationS8& requantisation) {
  return make_gemm_convolution(kernel, shape, weights, bias, requantisation);
}

template <const GemmKernel& kernel>
std::unique_ptr<ConvolutionS8> fully_connected(const ConvolutionShape& shape, const std::int8_t* weights,
                                               const std::int32_t* bias,
                                               const RequantisationS8& requantisation) {
  return make_fully_connected(kernel, shape, weights, bias, requantisation);
}

#if defined(__aarch64__)
bool has_dotprod(const CpuFeatures& features) { return features.neon && features.dotprod; }
bool has_i8mm(const CpuFeatures& features) { return features.neon && features.i8mm; }
#endif

constexpr Candidate kCandidates[] = {
    {"depthwise3x3_s8_neon", has_neon, make_depthwise3x3},
    {"depthwise_s8_neon", has_neon, make_depthwise},
#if defined(__aarch64__)
    {"fc_s8_1x16c4_dotprod", has_dotprod, fully_connected<kFullyConnected1x16c4Dotprod>},
#endif
    {"fc_s8_1x8c8_mull", has_neon, fully_connected<kFullyConnected1x8c8Mull>},
#if defined(__aarch64__)
    {"conv_s8_8x8c8_i8mm", has_i8mm, convolution<kConvolution8x8c8I8mm>},
    {"conv_s8_4x16c4_dotprod", has_dotprod, convolution<kConvolution4x16c4Dotprod>},
    {"conv_s8_4x4c8_mull", has_neon, convolution<kConvolution4x4c8Mull>},
#else
    {"conv_s8_2x4c8_armv7", has_neon, convolution<kConvolution2x4c8Armv7>},
#endif
};

}  // namespace

CandidateList candidates() { return {kCandidates, sizeof kCandidates / sizeof kCandidates[0]}; }

}  // namespace neon

std::unique_ptr<ConvolutionS8> make_neon_convolution_s8(const CpuFeatures& features,
                                                        const ConvolutionShape& shape,
                                                        const std::int8_t* weights, const std::int32_t* bias,
                                                        const RequantisationS8& requantisation) {
  for (const neon::Candidate& candidate : neon::candidates()) {
    if (!candidate.runs_on(features)) continue;
    if (auto convolution = candidate.make(shape, weights, bias, requantisation)) return convolution;
  }
  return nullptr;
}

}  // namespace cortado
