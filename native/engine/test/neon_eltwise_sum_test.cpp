// The NEON sum against the reference, over random shapes, strides and threads' pieces, with a guard behind
// the slack.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "kernels/neon/eltwise_sum_s8_neon.h"
#include "kernels/reference/eltwise_sum.h"
#include "neon_guarded_memory.h"
#include "random_shapes.h"

namespace cortado::test {
namespace {

struct Blob8 {
  GuardedMemory memory;
  Image<std::int8_t> image;

  Blob8(Random& random, const Extents& extents, std::ptrdiff_t stride)
      : memory(bytes(extents, stride)), image{memory.data(), extents, stride} {
    for (std::size_t i = 0; i < bytes(extents, stride); ++i) memory.data()[i] = random.int8();
  }
  static std::size_t bytes(const Extents& extents, std::ptrdiff_t stride) {
    return static_cast<std::size_t>(extents.pixels() * stride) + kBlobSlack;
  }
};

TEST(NeonEltwiseSum, EqualsTheReference) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const Extents extents{random.between(1, 2), random.between(1, 40), random.between(1, 5),
                          random.between(1, 6)};
    const bool dense = random.chance(50);
    const auto stride = [&] { return extents.channels + (dense ? 0 : random.between(0, 9)); };
    std::vector<std::unique_ptr<Blob8>> blobs;
    std::vector<Image<const std::int8_t>> inputs;
    std::vector<std::int16_t> multipliers;
    for (std::int32_t i = random.between(1, 5); i > 0; --i) {
      blobs.push_back(std::make_unique<Blob8>(random, extents, stride()));
      inputs.push_back(blobs.back()->image);
      multipliers.push_back(static_cast<std::int16_t>(random.between(-32768, 32767)));
    }
    EltwiseSum sum{};
    sum.multipliers = {multipliers.data(), multipliers.size()};
    sum.shift = static_cast<std::uint8_t>(random.between(0, random.chance(20) ? 31 : 18));
    if (random.chance(50)) sum.bias = random.between(-300, 300) * (1 << std::min<int>(sum.shift, 20));
    sum.low = static_cast<std::int8_t>(random.chance(40) ? 0 : -127);
    sum.high = static_cast<std::int8_t>(random.chance(30) ? random.between(1, 127) : 127);

    const std::int32_t output_stride = stride();
    const Blob8 expected(random, extents, output_stride);
    const Blob8 actual(random, extents, output_stride);
    const std::size_t bytes = Blob8::bytes(extents, output_stride);
    std::memcpy(actual.memory.data(), expected.memory.data(), bytes);
    std::vector<std::int32_t> scratch(static_cast<std::size_t>(extents.channels));
    const std::int32_t rows = extents.batch * extents.height;
    const std::int32_t middle = random.between(0, rows);
    cortado::eltwise_sum_s8(inputs, expected.image, sum, 0, rows, scratch.data());
    neon::eltwise_sum_s8(inputs, actual.image, sum, 0, middle);
    neon::eltwise_sum_s8(inputs, actual.image, sum, middle, rows);
    // The bytes between the pixels and behind them are the same, too.
    ASSERT_EQ(std::memcmp(actual.memory.data(), expected.memory.data(), bytes), 0);
  }
}

}  // namespace
}  // namespace cortado::test
