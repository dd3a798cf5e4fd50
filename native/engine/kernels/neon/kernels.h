// The kernels of this folder, by name. Those for instruction-set extensions must only run where the CPU has
// them.
#pragma once

#include <cstddef>

#include "kernels/convolution.h"
#include "kernels/neon/gemm_kernel.h"

namespace cortado::neon {

template <typename Epilogue>
using Int8ConvolutionPointer = std::unique_ptr<Int8Convolution<typename Epilogue::Output>>;

// Every shape.
template <typename Epilogue>
Int8ConvolutionPointer<Epilogue> make_gemm_convolution(const GemmKernel&, const ConvolutionShape&,
                                                       const std::int8_t* weights, const std::int32_t* bias,
                                                       const Epilogue&);
// One output pixel, one group; else null.
template <typename Epilogue>
Int8ConvolutionPointer<Epilogue> make_fully_connected(const GemmKernel&, const ConvolutionShape&,
                                                      const std::int8_t* weights, const std::int32_t* bias,
                                                      const Epilogue&);
// As many groups as input and output channels, kernel 3x3, no dilation, stride 1 or 2 in both directions;
// else null.
std::unique_ptr<ConvolutionS8> make_depthwise3x3(const ConvolutionShape&, const std::int8_t* weights,
                                                 const std::int32_t* bias, const RequantisationS8&);
// As many groups as input and output channels; else null.
template <typename Epilogue>
Int8ConvolutionPointer<Epilogue> make_depthwise(const ConvolutionShape&, const std::int8_t* weights,
                                                const std::int32_t* bias, const Epilogue&);

template <typename Epilogue>  // RequantisationS8 or DequantisationF32
struct Candidate {
  const char* name;
  bool (*runs_on)(const CpuFeatures&);
  Int8ConvolutionFactory<Epilogue> make;
};

// What make_neon_convolution_s8 asks, in this order: the first that runs on the CPU and takes the shape is
// taken.
template <typename Epilogue>
struct CandidateList {
  const Candidate<Epilogue>* first;
  std::size_t count;
  const Candidate<Epilogue>* begin() const { return first; }
  const Candidate<Epilogue>* end() const { return first + count; }
};
template <typename Epilogue>
CandidateList<Epilogue> candidates();
template <>
CandidateList<RequantisationS8> candidates();
template <>
CandidateList<DequantisationF32> candidates();

// Whether the vector unit computes these floats to the bit as the reference does: 32-bit NEON takes numbers
// below the smallest normal one for 0, and an activation of what is not a number may differ.
bool is_exact(const DequantisationF32&, std::int32_t channels);

}  // namespace cortado::neon
