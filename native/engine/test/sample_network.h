// A small network with what makes memory plans and loaders interesting: nested concatenations, a residual
// sum, int8 and float, an average to float and a softmax. Its outputs are what the reference computes (no
// golden values of its own), its checks are filled in by fill_golden().
#pragma once

#include <functional>

#include "cpu_features.h"
#include "crc32.h"
#include "executor.h"
#include "input.h"
#include "layout.h"
#include "package/package.h"
#include "package_builder.h"
#include "random_shapes.h"

namespace cortado::test {

class SampleNetwork {
 public:
  explicit SampleNetwork(std::uint32_t seed) : random_(seed) { build(); }

  // Changes of the frame are made there before finish().
  PackageBuilder package;

  // `output`: the golden softmax; `checks`: a CRC-32 for each blob, in the order of `checked`.
  AlignedBytes finish(const std::vector<float>& output, const std::vector<std::uint32_t>& checks) {
    for (std::size_t i = 0; i < checks.size(); ++i) package.set_check(checked[i], checks[i]);
    package.output(output_, format::DataType::Float32, bytes_of(output), 1e-5F);
    return package.finish();
  }

  static constexpr std::size_t kClasses = 7;
  std::vector<BlobIndex> checked;  // all int8 blobs

 private:
  BlobIndex int8(const std::string& name, const std::vector<std::uint32_t>& shape) {
    checked.push_back(package.blob(name, format::DataType::Int8, shape, 12));
    return checked.back();
  }

  void convolve(const std::string& layer, BlobIndex input, std::int32_t inputs, BlobIndex output,
                std::int32_t outputs, std::int32_t kernel, std::int32_t group) {
    PackageBuilder::ConvolutionSpec spec{};
    spec.input = input;
    spec.output = output;
    spec.window = {kernel, kernel, 1, 1, kernel / 2, kernel / 2, 1, 1};
    spec.group = static_cast<std::uint32_t>(group);
    const std::int32_t count = outputs * (inputs / group) * kernel * kernel;
    for (std::int32_t i = 0; i < count; ++i)
      spec.weights.push_back(static_cast<std::uint8_t>(random_.int8()));
    for (std::int32_t i = 0; i < outputs; ++i) {
      spec.bias32.push_back(random_.between(-2000, 2000));
      spec.requantisation.multiplier.push_back(
          static_cast<std::uint16_t>(random_.between(1 << 14, (1 << 15) - 1)));
      spec.requantisation.right_shift.push_back(static_cast<std::uint8_t>(random_.between(6, 8)));
      spec.requantisation.left_shift.push_back(0);
    }
    package.convolution(layer, spec);
  }

  void build() {
    const BlobIndex data = int8("data", {1, 3, 8, 8});
    const BlobIndex stem = int8("stem", {1, 12, 8, 8});
    convolve("stem", data, 3, stem, 12, 3, 1);
    // Two branches joined, joined again with the stem's depthwise convolution.
    const BlobIndex left = int8("left", {1, 5, 8, 8});
    const BlobIndex right = int8("right", {1, 6, 8, 8});
    const BlobIndex inner = int8("inner", {1, 11, 8, 8});
    const BlobIndex depthwise = int8("depthwise", {1, 12, 8, 8});
    const BlobIndex outer = int8("outer", {1, 23, 8, 8});
    convolve("left", stem, 12, left, 5, 1, 1);
    convolve("right", stem, 12, right, 6, 3, 1);
    convolve("depthwise", stem, 12, depthwise, 12, 3, 12);
    package.concat("inner", {left, right}, inner, 1);
    package.concat("outer", {inner, depthwise}, outer, 1);
    const BlobIndex mixed = int8("mixed", {1, 12, 8, 8});
    convolve("mixed", outer, 23, mixed, 12, 1, 1);
    const BlobIndex sum = int8("sum", {1, 12, 8, 8});
    PackageBuilder::EltwiseSpec eltwise;
    eltwise.inputs = {mixed, stem};
    eltwise.output = sum;
    eltwise.multipliers = {20000, 11000};
    eltwise.shift = 15;
    package.eltwise_sum("sum", eltwise);
    const BlobIndex pooled = package.blob("pooled", format::DataType::Float32, {1, 12, 1, 1});
    PackageBuilder::PoolingSpec pool{};
    pool.input = sum;
    pool.output = pooled;
    pool.method = format::PoolingMethod::Average;
    pool.window = {8, 8, 1, 1, 0, 0, 1, 1};
    pool.divisors = {64};
    pool.output_factor = {1.0F / 64 / 12};
    package.pooling("pool", pool);
    const BlobIndex scores = package.blob("scores", format::DataType::Float32, {1, kClasses});
    PackageBuilder::ConvolutionSpec dense{};
    dense.input = pooled;
    dense.output = scores;
    dense.window = {1, 1, 1, 1, 0, 0, 1, 1};
    dense.weight_type = format::DataType::Float32;
    std::vector<float> weights;
    for (std::size_t i = 0; i < 12 * kClasses; ++i) weights.push_back(random_.real());
    dense.weights = bytes_of(weights);
    dense.bias_float.assign(kClasses, 0.25F);
    package.convolution("scores", dense);
    output_ = package.blob("softmax", format::DataType::Float32, {1, kClasses});
    package.softmax("softmax", scores, output_, 1);
    for (std::size_t i = 0; i < 256 * 3; ++i) {
      package.pixel_table.push_back(static_cast<std::int8_t>(static_cast<int>(i % 256) / 2 - 60));
    }
    std::vector<std::uint8_t> pixels(3 * 8 * 8);
    for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(random_.between(0, 255));
    package.input(data, format::DataType::UInt8, pixels);
    package.labels = {"a", "b", "c", "d", "e", "f", "g"};
  }

  Random random_;
  BlobIndex output_ = 0;
};

// The sample with the golden values that one thread of the reference computes. `change` is made to its frame.
inline AlignedBytes sample_package(
    std::uint32_t seed, const std::function<void(PackageBuilder&)>& change = [](PackageBuilder&) {}) {
  SampleNetwork draft(seed);
  const AlignedBytes bytes = draft.finish(std::vector<float>(SampleNetwork::kClasses, 0), {});
  const Network network = read_package(bytes.data(), bytes.size(), {});
  ExecutorOptions options;
  options.backend = Backend::kReference;
  Executor executor(network, options);
  write_golden(network, network.goldens[0].inputs[0], executor.memory(network.inputs[0]));
  std::vector<std::uint32_t> checks(network.blobs.size());
  const auto take = [&](BlobIndex index) {
    const BlobMemory memory = executor.memory(index);
    if (memory.type != ElementType::kInt8) return;
    const auto values = in_caffe_order(memory.as<std::int8_t>());
    checks[index] = crc32(values.data(), values.size());
  };
  take(network.inputs[0]);
  executor.run([&](std::size_t i) { take(output_of(network.operations[i])); });
  const BlobMemory output = executor.memory(network.outputs[0]);
  SampleNetwork sample(seed);
  change(sample.package);
  std::vector<std::uint32_t> in_order;
  for (const BlobIndex index : sample.checked) in_order.push_back(checks[index]);
  return sample.finish(in_caffe_order(output.as<float>()), in_order);
}

}  // namespace cortado::test
