// Whole networks: verification, threads, repeated runs, what is said about a wrong result.
#include "executor.h"

#include <gtest/gtest.h>

#include <cstring>

#include "golden.h"
#include "refusal.h"
#include "sample_network.h"

namespace cortado {
namespace {

using test::AlignedBytes;

struct Loaded {
  explicit Loaded(const AlignedBytes& bytes, int threads = 1, Backend backend = Backend::kAuto)
      : features(cpu_feature_names()), network(read_package(bytes.data(), bytes.size(), features)) {
    ExecutorOptions options;
    options.threads = threads;
    options.backend = backend;
    options.cpu = cpu_features(features);
    executor = std::make_unique<Executor>(network, options);
  }
  std::vector<std::string> features;
  Network network;
  std::unique_ptr<Executor> executor;
};

TEST(Executor, VerifiesASampleWithEveryNumberOfThreads) {
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    const AlignedBytes bytes = test::sample_package(seed);
    for (const int threads : {1, 2, 5}) {
      Loaded loaded(bytes, threads);
      const Verification verification = verify_goldens(loaded.network, *loaded.executor);
      EXPECT_EQ(verification.int8_blobs, 9U);
      ASSERT_EQ(verification.float_outputs.size(), 1U);
      EXPECT_EQ(verification.float_outputs[0].name, "softmax");
      EXPECT_LE(verification.float_outputs[0].max_difference, 1e-5F);
    }
  }
}

TEST(Executor, ConcatenationsOfChannelsAreInPlace) {
  const AlignedBytes bytes = test::sample_package(1);
  Loaded loaded(bytes);
  int in_place = 0;
  for (const PreparedOperation& operation : loaded.executor->operations())
    in_place += operation.kernel == "in_place";
  EXPECT_EQ(in_place, 2);
}

TEST(Executor, RunsAgainWithoutNewInputs) {
  const AlignedBytes bytes = test::sample_package(2);
  Loaded loaded(bytes, 2);
  verify_goldens(loaded.network, *loaded.executor);
  const BlobMemory output = loaded.executor->memory(loaded.network.outputs[0]);
  const std::vector<float> first = in_caffe_order(output.as<float>());
  for (int i = 0; i < 20; ++i) {
    std::memset(output.data, 0, sizeof(float) * first.size());
    loaded.executor->run();
    ASSERT_EQ(in_caffe_order(output.as<float>()), first);
  }
}

TEST(Executor, NamesTheFirstBlobThatDiffers) {
  test::SampleNetwork sample(3);
  std::vector<std::uint32_t> checks(sample.checked.size());
  const AlignedBytes good = test::sample_package(3);
  const Network network = read_package(good.data(), good.size(), {});
  for (std::size_t i = 0; i < checks.size(); ++i) checks[i] = network.blobs[sample.checked[i]].check.value();
  checks[3] ^= 1;  // right
  checks[7] ^= 1;  // mixed, which comes later
  const AlignedBytes bytes = sample.finish(std::vector<float>(test::SampleNetwork::kClasses, 0), checks);
  Loaded loaded(bytes);
  try {
    verify_goldens(loaded.network, *loaded.executor);
    FAIL() << "not noticed";
  } catch (const GoldenMismatch& mismatch) {
    EXPECT_EQ(mismatch.layer, "right");
    EXPECT_EQ(mismatch.blob, "right");
    EXPECT_FALSE(mismatch.element.has_value());
  }
}

TEST(Executor, NamesTheElementOfAnOutputThatDiffers) {
  test::SampleNetwork sample(3);
  const AlignedBytes bytes = sample.finish(std::vector<float>(test::SampleNetwork::kClasses, 2), {});
  Loaded loaded(bytes);
  try {
    verify_goldens(loaded.network, *loaded.executor);
    FAIL() << "not noticed";
  } catch (const GoldenMismatch& mismatch) {
    EXPECT_EQ(mismatch.layer, "softmax");
    EXPECT_EQ(mismatch.element, 0U);
    EXPECT_EQ(mismatch.expected, "2");
  }
}

// 8-bit pixels become x = (pixel - mean) * norm, by a mean for each channel or for each pixel, and int8 by
// the scale.
TEST(Executor, PreprocessesPixels) {
  for (const bool int8 : {false, true}) {
    for (const bool image : {false, true}) {
      test::PackageBuilder package;
      const auto type = int8 ? format::DataType::Int8 : format::DataType::Float32;
      const BlobIndex data = package.blob("data", type, {1, 2, 1, 2}, int8 ? 3.0F : 0.0F);
      const BlobIndex out = package.blob("out", format::DataType::Float32, {1, 2, 1, 2});
      if (int8) {
        package.dequantize("out", data, out, 1);
      } else {
        package.activation("out", data, out, {});
      }
      package.norm = 0.25F;
      if (image) {
        package.mean_image = {1, 2, 3, 4};
      } else {
        package.mean = {10, 20};
      }
      package.input(data, format::DataType::UInt8, {100, 0, 255, 21});
      const std::vector<float> x = image ? std::vector<float>{24.75F, -0.5F, 63, 4.25F}
                                         : std::vector<float>{22.5F, -2.5F, 58.75F, 0.25F};
      std::vector<float> expected;
      for (const float value : x) {
        // Halves are rounded away from 0.
        expected.push_back(int8 ? std::min(127.0F, std::round(value * 3)) : value);
      }
      package.output(out, format::DataType::Float32, test::bytes_of(expected));
      const AlignedBytes bytes = package.finish();
      Loaded loaded(bytes);
      EXPECT_EQ(verify_goldens(loaded.network, *loaded.executor).float_outputs[0].max_difference, 0);
    }
  }
}

TEST(Executor, RefusesWhatDoesNotFitTheMemory) {
  test::SampleNetwork sample(0);
  sample.package.memory = std::uint64_t{1} << 60;
  const AlignedBytes bytes = sample.finish(std::vector<float>(test::SampleNetwork::kClasses, 0), {});
  try {
    Loaded loaded(bytes);
    FAIL() << "not refused";
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code, "package.memory");
  }
}

}  // namespace
}  // namespace cortado
