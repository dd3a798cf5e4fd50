// One operation in a package of its own, with what its definition says as the golden output: built, read back
// and run.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "cpu_features.h"
#include "executor.h"
#include "golden.h"
#include "naive.h"
#include "package/package.h"
#include "package_builder.h"
#include "random_shapes.h"
#include "refusal.h"

namespace cortado::test {

inline constexpr float kScale = 20;  // int8 inputs are given as float32: value / kScale

template <typename T>
std::vector<std::uint32_t> shape_of(const Array<T>& array) {
  std::vector<std::uint32_t> shape;
  for (std::size_t axis = 0; axis < array.rank; ++axis)
    shape.push_back(static_cast<std::uint32_t>(array.extents.*kAxes[axis]));
  return shape;
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
  spec.kind = static_cast<format::ActivationKind>(random.between(0, 3));
  if (spec.kind != format::ActivationKind::Leaky) return spec;
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
  if (random.chance(50)) r.zero = static_cast<std::int8_t>(random.between(-127, 127));
  return r;
}

// A package in the making, with its blobs' values. Some blobs are made parts of a concatenation, so that
// there are gaps between their pixels.
class Case {
 public:
  explicit Case(std::uint32_t seed) : random(seed) {}

  BlobIndex input(const Array<std::int8_t>& array, const std::string& name = "input") {
    std::vector<float> values;
    for (const std::int8_t value : array.values) values.push_back(static_cast<float>(value) / kScale);
    const BlobIndex blob = package.blob(name, format::DataType::Int8, shape_of(array), kScale);
    package.input(blob, format::DataType::Float32, bytes_of(values));
    return maybe_with_gaps(blob, array);
  }
  BlobIndex input(const Array<float>& array, const std::string& name = "input") {
    const BlobIndex blob = package.blob(name, format::DataType::Float32, shape_of(array));
    package.input(blob, format::DataType::Float32, bytes_of(array.values));
    return maybe_with_gaps(blob, array);
  }
  BlobIndex output(const Array<std::int8_t>& array) {
    const BlobIndex blob = package.blob("output", format::DataType::Int8, shape_of(array), kScale);
    package.output(blob, format::DataType::Int8, bytes_of(array.values));
    if (random.chance(40)) join_later(blob, array);
    return blob;
  }
  // Sums may be formed in another order: the tolerance follows from the largest value.
  BlobIndex output(const Array<float>& array) {
    float largest = 1;
    for (const float value : array.values) largest = std::max(largest, std::fabs(value));
    const BlobIndex blob = package.blob("output", format::DataType::Float32, shape_of(array));
    package.output(blob, format::DataType::Float32, bytes_of(array.values), largest * 1e-5F);
    if (random.chance(40)) join_later(blob, array);
    return blob;
  }

  // After the operation was added.
  void finish_joins() {
    for (const auto& join : joins_) join();
  }

  Random random;
  PackageBuilder package;

 private:
  template <typename T>
  BlobIndex like(const std::string& name, const Array<T>& array, std::uint32_t times) {
    std::vector<std::uint32_t> shape = shape_of(array);
    if (shape.size() > 1) shape[1] *= times;
    constexpr bool kInt8 = sizeof(T) == 1;
    return package.blob(name, kInt8 ? format::DataType::Int8 : format::DataType::Float32, shape,
                        kInt8 ? kScale : 0);
  }
  template <typename T>
  BlobIndex maybe_with_gaps(BlobIndex blob, const Array<T>& array) {
    if (!random.chance(40)) return blob;
    const BlobIndex copy = like("copy", array, 1);
    package.reshape("copy", blob, copy);
    join_later(copy, array);
    return copy;
  }
  template <typename T>
  void join_later(BlobIndex blob, const Array<T>& array) {
    if (array.rank < 2) return;
    joins_.push_back([=] {
      const BlobIndex twin = like("twin", array, 1);
      package.reshape("twin", blob, twin);
      package.concat("join", {blob, twin}, like("joined", array, 2), 1);
    });
  }

  std::vector<std::function<void()>> joins_;
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
    c.finish_joins();
    expect_golden(c.package, c.random.chance(50) ? 1 : 3);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace cortado::test
