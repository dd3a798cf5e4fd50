// The kernels of this folder, by name. Those for instruction-set extensions must only run where the CPU has
// them.
#pragma once

#include <cstddef>

#include "kernels/convolution.h"
#include "kernels/neon/gemm_kernel.h"

namespace cortado::neon {

// Every shape.
std::unique_ptr<ConvolutionS8> make_gemm_convolution(const GemmKernel&, const ConvolutionShape&,
                                                     const std::int8_t* weights, const std::int32_t* bias,
                                                     const RequantisationS8&);
// One output pixel, one group; else null.
std::unique_ptr<ConvolutionS8> make_fully_connected(const GemmKernel&, const ConvolutionShape&,
                                                    const std::int8_t* weights, const std::int32_t* bias,
                                                    const RequantisationS8&);
// As many groups as input and output channels, kernel 3x3, no dilation, stride 1 or 2 in both directions;
// else null.
std::unique_ptr<ConvolutionS8> make_depthwise3x3(const ConvolutionShape&, const std::int8_t* weights,
                                                 const std::int32_t* bias, const RequantisationS8&);
// As many groups as input and output channels; else null.
std::unique_ptr<ConvolutionS8> make_depthwise(const ConvolutionShape&, const std::int8_t* weights,
                                              const std::int32_t* bias, const RequantisationS8&);

struct Candidate {
  const char* name;
  bool (*runs_on)(const CpuFeatures&);
  ConvolutionS8Factory make;
};

// What make_neon_convolution_s8 asks, in this order: the first that runs on the CPU and takes the shape is
// taken.
struct CandidateList {
  const Candidate* first;
  std::size_t count;
  const Candidate* begin() const { return first; }
  const Candidate* end() const { return first + count; }
};
CandidateList candidates();

}  // namespace cortado::neon
