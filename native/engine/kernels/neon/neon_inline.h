#pragma once

#include <arm_neon.h>

#include "kernels/neon/gemm_kernel.h"

// Inlined always: see gemm_kernel.h.
#define CORTADO_NEON_INLINE static inline __attribute__((always_inline))

namespace cortado::neon {

template <typename Output>
CORTADO_NEON_INLINE int32x4_t load_bias(const ChannelView<Output>& channels, std::size_t first) {
  return vld1q_s32(channels.values + first);
}

}  // namespace cortado::neon
