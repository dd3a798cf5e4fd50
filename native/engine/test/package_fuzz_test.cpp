// Thousands of damaged packages, seeded: each is refused, or runs. Under the sanitizers nothing may be read,
// written or added out of bounds on the way. The checksum is made right again in most of them, so that what
// lies behind it is met.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "accelerated_sample.h"
#include "executor.h"
#include "further_network.h"
#include "golden.h"
#include "package/package.h"
#include "refusal.h"
#include "sample_network.h"

namespace cortado {
namespace {

using test::AlignedBytes;
using test::Random;

struct Outcomes {
  int refused = 0;
  int differed = 0;
  int passed = 0;
};

void try_package(const AlignedBytes& bytes, Outcomes& outcomes) {
  try {
    const Network network = read_package(bytes.data(), bytes.size(), {});
    ExecutorOptions options;
    options.backend = Backend::kReference;
    Executor executor(network, options);
    verify_goldens(network, executor);
    ++outcomes.passed;
  } catch (const Refusal& refusal) {
    ASSERT_EQ(refusal.code.rfind("package.", 0), 0U) << refusal.code;
    ++outcomes.refused;
  } catch (const GoldenMismatch&) {
    ++outcomes.differed;
  }
}

// Values that break arithmetic more often than random ones do.
std::uint32_t nasty(Random& random) {
  static constexpr std::uint32_t kValues[] = {0,          1,          2,          3,          0x7F,
                                              0x80,       0xFF,       0x100,      0x7FFF,     0x8000,
                                              0xFFFF,     0x10000,    0x7FFFFFFF, 0x80000000, 0x80000001,
                                              0xFFFFFFFE, 0xFFFFFFFF, 0x3FFFFFFF, 0x7F800000, 0x7FC00000};
  return kValues[random.between(0, static_cast<std::int32_t>(sizeof kValues / sizeof *kValues) - 1)];
}

void damage(AlignedBytes& bytes, Random& random) {
  const auto size = static_cast<std::int32_t>(bytes.size());
  for (std::int32_t i = random.between(1, random.chance(70) ? 1 : 6); i > 0; --i) {
    const auto at = static_cast<std::size_t>(random.between(0, size - 1));
    switch (random.between(0, 3)) {
      case 0:
        bytes.data()[at] = static_cast<std::uint8_t>(bytes.data()[at] ^ (1 << random.between(0, 7)));
        break;
      case 1:
        bytes.data()[at] = static_cast<std::uint8_t>(random.between(0, 255));
        break;
      default: {
        // A whole field: tables are made of aligned words.
        const std::size_t word = at / 4 * 4;
        const std::uint32_t value = nasty(random);
        std::memcpy(bytes.data() + word, &value,
                    std::min<std::size_t>(random.chance(60) ? 4 : 2, bytes.size() - word));
      }
    }
  }
}

// As many as CORTADO_FUZZ_ROUNDS says, for longer runs.
std::uint32_t rounds(std::uint32_t usual) {
  const char* wanted = std::getenv("CORTADO_FUZZ_ROUNDS");
  return wanted == nullptr ? usual : static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10));
}

void damage_and_try(const AlignedBytes& good, std::uint32_t seeds, Outcomes& outcomes) {
  for (std::uint32_t seed = 0; seed < seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    AlignedBytes bytes = good;
    damage(bytes, random);
    if (random.chance(95)) test::patch_checksum(bytes.data(), bytes.size());
    try_package(bytes, outcomes);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(PackageFuzz, ChangedBytesNeverCrash) {
  Outcomes outcomes;
  damage_and_try(test::sample_package(0), rounds(6000), outcomes);
  // The damage reaches all depths: the frame, what the network computes, and what no run depends on.
  EXPECT_GT(outcomes.refused, 1000);
  EXPECT_GT(outcomes.differed, 300);
  EXPECT_GT(outcomes.passed, 100);
}

TEST(PackageFuzz, ChangedBytesOfTheFurtherOperationsNeverCrash) {
  Outcomes outcomes;
  damage_and_try(test::FurtherNetwork(0).finish(), rounds(3000), outcomes);
  EXPECT_GT(outcomes.refused, 500);
  EXPECT_GT(outcomes.passed, 250);
}

TEST(PackageFuzz, ChangedBytesOfTheAcceleratorNeverCrash) {
  Outcomes outcomes;
  damage_and_try(test::accelerated_sample_package(0), rounds(3000), outcomes);
  EXPECT_GT(outcomes.refused, 500);
  EXPECT_GT(outcomes.passed, 50);
}

TEST(PackageFuzz, CutPackagesNeverCrash) {
  Outcomes outcomes;
  const AlignedBytes good = test::sample_package(0);
  // The last bytes may be padding, which nobody misses.
  for (std::size_t size = 0; size < good.size() - 16; size += 13) {
    AlignedBytes bytes(good.data(), size);
    test::patch_checksum(bytes.data(), bytes.size());
    try_package(bytes, outcomes);
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(outcomes.differed + outcomes.passed, 0);
}

// Every 32-bit word of a package in turn becomes each of some values.
TEST(PackageFuzz, EveryWordInTurnNeverCrashes) {
  for (const AlignedBytes& good : {test::accelerated_sample_package(0), test::FurtherNetwork(0).finish()}) {
    Outcomes outcomes;
    for (std::size_t at = 0; at + 4 <= good.size(); at += 4) {
      for (const std::uint32_t value : {0U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
        AlignedBytes bytes = good;
        std::memcpy(bytes.data() + at, &value, sizeof value);
        test::patch_checksum(bytes.data(), bytes.size());
        try_package(bytes, outcomes);
        if (HasFatalFailure()) return;
      }
    }
    EXPECT_GT(outcomes.refused, 500);
  }
}

}  // namespace
}  // namespace cortado
