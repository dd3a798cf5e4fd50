// For tests of operations: each is built into a package with what its definition says as the golden output,
// read back and run. Shapes and values are seeded; a failure prints the seed.
#pragma once

#include <gtest/gtest.h>

#include "cpu_features.h"
#include "executor.h"
#include "golden.h"
#include "naive.h"
#include "package/package.h"
#include "package_builder.h"
#include "random_shapes.h"
#include "refusal.h"

namespace cortado::test {

using format::ActivationKind;
using format::DataType;

inline constexpr float kScale = 20;  // int8 inputs are given as float32: value / kScale

inline std::vector<std::uint32_t> shape_of(const Extents& e) {
  return {static_cast<std::uint32_t>(e.batch), static_cast<std::uint32_t>(e.channels),
          static_cast<std::uint32_t>(e.height), static_cast<std::uint32_t>(e.width)};
}

inline Extents random_extents(Random& random) {
  return {random.chance(30) ? 2 : 1, random.between(1, 40), random.between(1, 9), random.between(1, 9)};
}

inline Array<std::int8_t> random_int8(Random& random, const Extents& extents) {
  Array<std::int8_t> array(extents);
  for (auto& value : array.values) value = random.int8();
  return array;
}

inline Array<float> random_float(Random& random, const Extents& extents) {
  Array<float> array(extents);
  for (auto& value : array.values) value = random.real();
  return array;
}

inline ActivationSpec random_activation(Random& random, std::int32_t channels) {
  ActivationSpec spec;
  spec.kind = static_cast<ActivationKind>(random.between(0, 3));
  if (spec.kind != ActivationKind::Leaky) return spec;
  const std::int32_t slopes = random.chance(50) ? 1 : channels;
  for (std::int32_t i = 0; i < slopes; ++i) spec.slopes.push_back(random.real());
  return spec;
}

inline RequantisationLists random_requantisation(Random& random, std::int32_t entries, int largest_shift) {
  RequantisationLists r;
  const bool leaky = random.chance(30);
  for (std::int32_t i = 0; i < entries; ++i) {
    r.multiplier.push_back(static_cast<std::uint16_t>(random.between(1 << 14, (1 << 15) - 1)));
    r.right_shift.push_back(static_cast<std::uint8_t>(random.between(0, largest_shift)));
    r.left_shift.push_back(r.right_shift.back() == 0 ? static_cast<std::uint8_t>(random.between(0, 3))
                                                     : std::uint8_t{0});
    if (!leaky) continue;
    r.negative_multiplier.push_back(static_cast<std::int16_t>(random.between(-32767, 32767)));
    r.negative_right_shift.push_back(static_cast<std::uint8_t>(random.between(0, largest_shift)));
    r.negative_left_shift.push_back(0);
  }
  if (random.chance(40)) r.low = 0;
  if (random.chance(20)) r.high = static_cast<std::int8_t>(random.between(1, 127));
  return r;
}

// A package in the making, with its blobs' values.
class Case {
 public:
  explicit Case(std::uint32_t seed) : random(seed) {}

  BlobIndex input(const Array<std::int8_t>& array) {
    std::vector<float> values;
    for (const std::int8_t value : array.values) values.push_back(static_cast<float>(value) / kScale);
    const BlobIndex blob = package.blob("input", DataType::Int8, shape_of(array.extents), kScale);
    package.input(blob, DataType::Float32, bytes_of(values));
    return blob;
  }
  BlobIndex input(const Array<float>& array) {
    const BlobIndex blob = package.blob("input", DataType::Float32, shape_of(array.extents));
    package.input(blob, DataType::Float32, bytes_of(array.values));
    return blob;
  }
  BlobIndex output(const Array<std::int8_t>& array) {
    const BlobIndex blob = package.blob("output", DataType::Int8, shape_of(array.extents), kScale);
    package.output(blob, DataType::Int8, bytes_of(array.values));
    return blob;
  }
  // Sums may be formed in another order: the tolerance follows from the largest value.
  BlobIndex output(const Array<float>& array) {
    float largest = 1;
    for (const float value : array.values) largest = std::max(largest, std::fabs(value));
    const BlobIndex blob = package.blob("output", DataType::Float32, shape_of(array.extents));
    package.output(blob, DataType::Float32, bytes_of(array.values), largest * 1e-5F);
    return blob;
  }

  Random random;
  PackageBuilder package;
};

inline void expect_golden(PackageBuilder& package, int threads) {
  const AlignedBytes bytes = package.finish();
  try {
    const std::vector<std::string> features = cpu_feature_names();
    const Network network = read_package(bytes.data(), bytes.size(), features);
    ExecutorOptions options;
    options.threads = threads;
    options.cpu = cpu_features(features);
    Executor executor(network, options);
    EXPECT_EQ(verify_goldens(network, executor).goldens, 1U);
  } catch (const Refusal& refusal) {
    FAIL() << refusal.code << ": " << refusal.message;
  } catch (const GoldenMismatch& mismatch) {
    FAIL() << mismatch.blob << " element " << mismatch.element.value_or(0) << ": " << mismatch.expected
           << " is " << mismatch.actual;
  }
}

template <typename Build>
void for_seeds(std::uint32_t count, const Build& build) {
  for (std::uint32_t seed = 0; seed < count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Case c(seed);
    build(c);
    expect_golden(c.package, c.random.chance(50) ? 1 : 3);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace cortado::test
