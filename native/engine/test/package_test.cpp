// What the loader refuses, by code and by a word of its message.
#include "package/package.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "package/mapped_file.h"
#include "refusal.h"
#include "sample_network.h"

namespace cortado {
namespace {

using format::DataType;
using test::AlignedBytes;
using test::PackageBuilder;
using test::SampleNetwork;

Refusal refusal_of(const AlignedBytes& bytes) {
  try {
    read_package(bytes.data(), bytes.size(), {"asimd"});
  } catch (const Refusal& refusal) {
    return refusal;
  }
  return {"not refused", "", ""};
}

void expect_refusal(const AlignedBytes& bytes, const std::string& code, const std::string& word) {
  const Refusal refusal = refusal_of(bytes);
  EXPECT_EQ(refusal.code, code) << refusal.message;
  EXPECT_NE(refusal.message.find(word), std::string::npos) << refusal.message;
  EXPECT_FALSE(refusal.advice.empty());
}

AlignedBytes finish(SampleNetwork& sample) {
  return sample.finish(std::vector<float>(SampleNetwork::kClasses, 0), {});
}

// The sample with a change of its frame.
AlignedBytes with_frame(const std::function<void(PackageBuilder&)>& change) {
  SampleNetwork sample(0);
  change(sample.package);
  return finish(sample);
}

TEST(Package, ReadsTheSample) {
  const AlignedBytes bytes = test::sample_package(0);
  const Network network = read_package(bytes.data(), bytes.size(), {});
  EXPECT_EQ(network.name, "test network");
  EXPECT_EQ(network.operations.size(), 11U);
  EXPECT_EQ(network.labels.size(), SampleNetwork::kClasses);
  EXPECT_EQ(network.goldens.size(), 1U);
}

TEST(Package, RefusesOtherFiles) {
  expect_refusal(AlignedBytes(std::vector<std::uint8_t>(10)), "package.damaged", "ends after 10 bytes");
  expect_refusal(AlignedBytes(std::vector<std::uint8_t>(1000, 'x')), "package.damaged",
                 "not a Cortado package");
}

TEST(Package, NamesAnotherVersionEvenWithoutAValidChecksum) {
  AlignedBytes bytes =
      with_frame([](PackageBuilder& package) { package.format_version = kFormatVersion + 1; });
  const std::string newer = "format version " + std::to_string(kFormatVersion + 1);
  expect_refusal(bytes, "package.version", newer);
  bytes.data()[bytes.size() - 1] ^= 1;
  expect_refusal(bytes, "package.version", newer);
  expect_refusal(with_frame([](PackageBuilder& package) { package.format_version = 0; }), "package.version",
                 "format version 0");
}

TEST(Package, NoticesEveryChangedByte) {
  const AlignedBytes good = test::sample_package(0);
  for (std::size_t at = 0; at < good.size(); at += 7) {
    AlignedBytes bytes = good;
    bytes.data()[at] ^= 0x10;
    ASSERT_NE(refusal_of(bytes).code, "not refused") << "byte " << at;
  }
}

TEST(Package, RefusesByTarget) {
  expect_refusal(with_frame([](PackageBuilder& package) { package.target = "tpu"; }), "package.target",
                 "\"tpu\"");
  const auto with_feature = with_frame([](PackageBuilder& package) {
    package.cpu_features = {"asimd", "i8mm"};
  });
  expect_refusal(with_feature, "package.cpu", "i8mm");
  EXPECT_NO_THROW(read_package(with_feature.data(), with_feature.size(), {"i8mm", "asimd"}));
}

TEST(Package, RefusesAPreprocessingThatDoesNotFit) {
  expect_refusal(with_frame([](PackageBuilder& package) { package.pixel_table.resize(256); }),
                 "package.damaged", "preprocessing does not fit");
  expect_refusal(with_frame([](PackageBuilder& package) { package.pixel_table[5] = -128; }),
                 "package.damaged", "below -127");
  expect_refusal(with_frame([](PackageBuilder& package) {
                   package.pixel_table.clear();
                   package.mean = {1, 2};
                 }),
                 "package.damaged", "preprocessing does not fit");
}

// One 3x3 convolution of 1x4x5x5 to 1x6x5x5, int8, that a test breaks in one place.
struct Broken {
  std::vector<std::uint32_t> input_shape = {1, 4, 5, 5};
  std::vector<std::uint32_t> output_shape = {1, 6, 5, 5};
  DataType output_type = DataType::Int8;
  float scale = 2;
  PackageBuilder::ConvolutionSpec spec{};
  std::size_t golden_bytes = 100;
  float tolerance = 0;

  Broken() {
    spec.window = {3, 3, 1, 1, 1, 1, 1, 1};
    spec.weights.assign(6 * 4 * 9, 3);
    spec.bias32.assign(6, 7);
    spec.requantisation.multiplier.assign(6, 1 << 14);
    spec.requantisation.right_shift.assign(6, 3);
    spec.requantisation.left_shift.assign(6, 0);
    spec.input = 0;
    spec.output = 1;
  }

  AlignedBytes finish() const {
    PackageBuilder package;
    package.blob("data", DataType::Int8, input_shape, 2);
    package.blob("out", output_type, output_shape, scale);
    package.blob("unused", DataType::Float32, {1});
    package.convolution("conv1", spec);
    package.input(0, DataType::UInt8, std::vector<std::uint8_t>(golden_bytes));
    package.output(1, output_type, std::vector<std::uint8_t>(150), tolerance);
    return package.finish();
  }
};

void expect_damaged(const std::string& word, const std::function<void(Broken&)>& change) {
  Broken broken;
  change(broken);
  SCOPED_TRACE(word);
  expect_refusal(broken.finish(), "package.damaged", word);
}

TEST(Package, TheUnbrokenConvolutionIsRead) {
  const AlignedBytes bytes = Broken().finish();
  const Network network = read_package(bytes.data(), bytes.size(), {});
  EXPECT_EQ(network.operations.size(), 1U);
}

TEST(Package, RefusesBrokenBlobs) {
  expect_damaged("extent of 0", [](Broken& b) { b.input_shape[1] = 0; });
  expect_damaged("larger than 2 GiB", [](Broken& b) { b.input_shape = {1, 1 << 20, 1 << 10, 1}; });
  expect_damaged("an extent of", [](Broken& b) { b.input_shape = {0xFFFFFFFF, 1, 1, 1}; });
  expect_damaged("no shape", [](Broken& b) { b.input_shape = {}; });
  expect_damaged("no positive scale", [](Broken& b) { b.scale = -1; });
  expect_damaged("no positive scale", [](Broken& b) { b.scale = std::numeric_limits<float>::quiet_NaN(); });
  expect_damaged("golden bytes", [](Broken& b) { b.golden_bytes = 99; });
  expect_damaged("tolerance", [](Broken& b) { b.tolerance = std::numeric_limits<float>::infinity(); });
  Broken five;
  five.input_shape = {1, 4, 5, 5, 1};
  expect_refusal(five.finish(), "package.unsupported", "5 axes");
  Broken half;
  half.output_type = DataType::Float16;
  expect_refusal(half.finish(), "package.unsupported", "type");
}

TEST(Package, RefusesBrokenConvolutions) {
  const auto window = [](std::int32_t Window::*member, std::int32_t value) {
    return [=](Broken& b) { b.spec.window.*member = value; };
  };
  expect_damaged("out of range", window(&Window::kernel_height, 0));
  expect_damaged("out of range", window(&Window::stride_width, 0));
  expect_damaged("out of range", window(&Window::dilation_width, 0));
  expect_damaged("out of range", window(&Window::pad_height, -1));
  expect_damaged("out of range", window(&Window::kernel_width, 1 << 30));
  expect_damaged("does not follow", window(&Window::stride_height, 2));
  expect_damaged("does not follow", window(&Window::dilation_height, 60000));
  expect_damaged("does not follow", window(&Window::pad_width, 2));
  expect_damaged("groups", [](Broken& b) { b.spec.group = 0; });
  expect_damaged("groups", [](Broken& b) { b.spec.group = 4; });
  expect_damaged("groups", [](Broken& b) { b.spec.group = 0x80000001; });
  expect_damaged("weights", [](Broken& b) { b.spec.weights.pop_back(); });
  expect_damaged("bias", [](Broken& b) { b.spec.bias32.push_back(0); });
  expect_damaged("does not exist", [](Broken& b) { b.spec.input = 3; });
  expect_damaged("does not exist", [](Broken& b) { b.spec.output = 0xFFFFFFFF; });
  expect_damaged("written twice", [](Broken& b) {
    b.spec.output = 0;
    b.input_shape = {1, 6, 5, 5};
    b.golden_bytes = 150;
    b.spec.weights.assign(6 * 6 * 9, 1);
  });
  expect_damaged("batches", [](Broken& b) { b.output_shape = {2, 6, 5, 5}; });
  expect_damaged("below -127", [](Broken& b) { b.spec.weights[50] = 0x80; });
  expect_damaged("padding", [](Broken& b) { b.spec.pad_level = INT8_MIN; });
  expect_damaged("32 bits", [](Broken& b) { b.spec.bias32[5] = INT32_MAX - 100; });
  expect_damaged("32 bits", [](Broken& b) { b.spec.bias32[0] = INT32_MIN; });
  Broken weights;
  weights.spec.weight_type = DataType::Float32;
  expect_refusal(weights.finish(), "package.unsupported", "weights");
  Broken half;
  half.spec.weight_type = DataType::Float16;
  expect_refusal(half.finish(), "package.unsupported", "weights");
}

TEST(Package, RefusesBrokenRequantisations) {
  const auto lists = [](const std::function<void(test::RequantisationLists&)>& change) {
    return [=](Broken& b) { change(b.spec.requantisation); };
  };
  expect_damaged("no requantisation", lists([](auto& r) { r = {}; }));
  expect_damaged("one entry", lists([](auto& r) { r.multiplier.pop_back(); }));
  expect_damaged("one entry", lists([](auto& r) { r.left_shift.push_back(0); }));
  expect_damaged("multiplier", lists([](auto& r) { r.multiplier[2] = (1 << 14) - 1; }));
  expect_damaged("multiplier", lists([](auto& r) { r.multiplier[2] = 1 << 15; }));
  expect_damaged("shift", lists([](auto& r) { r.right_shift[2] = 32; }));
  expect_damaged("shift", lists([](auto& r) { r.left_shift[2] = 1; }));
  expect_damaged("bounds", lists([](auto& r) { r.low = -128; }));
  expect_damaged("bounds", lists([](auto& r) { r.high = -1, r.low = 0; }));
  expect_damaged("level of 0", lists([](auto& r) { r.zero = -128; }));
  expect_damaged("negative sums", lists([](auto& r) { r.negative_multiplier = {1, 2}; }));
  expect_damaged("negative sums", lists([](auto& r) {
                   r.negative_multiplier.assign(6, INT16_MIN);
                   r.negative_right_shift.assign(6, 0);
                   r.negative_left_shift.assign(6, 0);
                 }));
}

TEST(Package, RefusesFactorsThatAreNotFinite) {
  const auto to_float = [](std::vector<float> factors, std::vector<float> slopes) {
    return [=](Broken& b) {
      b.output_type = DataType::Float32;
      b.spec.output_factor = factors;
      b.spec.activation = {format::ActivationKind::Leaky, slopes};
    };
  };
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  expect_damaged("output factors is not finite", to_float({1, 1, 1, 1, kInfinity, 1}, {1}));
  expect_damaged("slopes is not finite", to_float({1, 1, 1, 1, 1, 1}, {std::nanf("")}));
}

TEST(Package, RefusesBlobsThatAreReadTooEarly) {
  PackageBuilder package;
  package.blob("data", DataType::Float32, {1, 4});
  package.blob("middle", DataType::Float32, {1, 4});
  package.blob("out", DataType::Float32, {1, 4});
  package.reshape("second", 1, 2);
  package.reshape("first", 0, 1);
  package.input(0, DataType::Float32, std::vector<std::uint8_t>(16));
  package.output(2, DataType::Float32, std::vector<std::uint8_t>(16));
  expect_refusal(package.finish(), "package.damaged", "before it is written");
}

// One pooling over 1x2x5x5.
void expect_pooling_refused(const std::string& word, const Window& window, std::uint32_t out, bool average,
                            const std::vector<std::uint32_t>& divisors) {
  PackageBuilder package;
  package.blob("data", DataType::Int8, {1, 2, 5, 5}, 1);
  package.blob("out", DataType::Int8, {1, 2, out, out}, 1);
  PackageBuilder::PoolingSpec spec{};
  spec.input = 0;
  spec.output = 1;
  spec.method = average ? format::PoolingMethod::Average : format::PoolingMethod::Max;
  spec.window = window;
  spec.divisors = divisors;
  spec.requantisation.multiplier.assign(divisors.size(), 1 << 14);
  spec.requantisation.right_shift.assign(divisors.size(), 0);
  spec.requantisation.left_shift.assign(divisors.size(), 0);
  package.pooling("pool1", spec);
  package.input(0, DataType::UInt8, std::vector<std::uint8_t>(50));
  package.output(1, DataType::Int8, std::vector<std::uint8_t>(2 * out * out));
  SCOPED_TRACE(word);
  expect_refusal(package.finish(), "package.damaged", word);
}

TEST(Package, RefusesWindowsOutsideOfTheInput) {
  expect_pooling_refused("do not lie", {2, 2, 2, 2, 0, 0, 1, 1}, 4, false, {});
  expect_pooling_refused("do not lie", {2, 2, 2, 2, 2, 2, 1, 1}, 3, false, {});
  expect_pooling_refused("out of range", {0, 2, 2, 2, 0, 0, 1, 1}, 3, false, {});
  expect_pooling_refused("do not lie", {1, 1, 60000, 60000, 0, 0, 1, 1}, 2, false, {});
  expect_pooling_refused("divisor", {2, 2, 2, 2, 0, 0, 1, 1}, 3, true, {4, 2});
}

TEST(MappedFile, NamesWhatItCannotRead) {
  for (const char* path : {"/nonexistent/package", "/proc"}) {
    try {
      const MappedFile file(path);
      FAIL() << path;
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.code, "package.unreadable");
      EXPECT_NE(refusal.message.find(path), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace cortado
