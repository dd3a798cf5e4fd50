#pragma once

#include "kernels/convolution.h"
#include "kernels/neon/aligned_buffer.h"
#include "kernels/neon/gemm_kernel.h"

namespace cortado::neon {

// Bias and epilogue in the form that kernels load (ChannelView). Every group of output channels is padded to
// a multiple of `columns`, a multiple of 4; padding is 0.
template <typename Epilogue>
class ChannelParameters {
 public:
  using Output = typename Epilogue::Output;

  ChannelParameters(const std::int32_t* bias, const Epilogue& epilogue, std::int32_t groups,
                    std::int32_t channels_per_group, std::int32_t columns);

  // View of channel `first` of a group.
  ChannelView<Output> at(std::int32_t group, std::int32_t first) const;
  std::size_t bytes() const { return values_.bytes(); }

 private:
  std::size_t padded_;  // channels per group, padding included
  std::size_t pitch_;
  bool plain_;
  Output low_, high_, zero_;
  AlignedBuffer<std::int32_t> values_;
};

extern template class ChannelParameters<RequantisationS8>;
extern template class ChannelParameters<DequantisationF32>;

}  // namespace cortado::neon
