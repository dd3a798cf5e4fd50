// Bounds of what a package may say. They are far above what networks need and keep every sum below within 32
// bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace cortado {

inline constexpr std::size_t kMaxBlobs = 1 << 14;
inline constexpr std::size_t kMaxOperations = 1 << 14;
inline constexpr std::size_t kMaxNameLength = 1024;
inline constexpr std::size_t kMaxRank = 4;
inline constexpr std::uint32_t kMaxExtent = 1U << 28;
inline constexpr std::uint64_t kMaxBlobBytes = (std::uint64_t{1} << 31) - 1;
inline constexpr std::uint32_t kMaxWindowParameter = 1U << 16;
inline constexpr std::size_t kMaxSummands = 250;
inline constexpr int kSmallestInt8 = -127;

// The product, or `limit` + 1 where it is larger than `limit` (below 2^32).
inline std::uint64_t bounded_product(std::initializer_list<std::uint64_t> factors, std::uint64_t limit) {
  std::uint64_t product = 1;
  for (const std::uint64_t factor : factors) {
    if (factor == 0) return 0;
    if (product > limit / factor) return limit + 1;
    product *= factor;
  }
  return product;
}

}  // namespace cortado
