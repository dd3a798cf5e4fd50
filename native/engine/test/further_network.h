// A network of every operation that moves elements or computes functions of floats, for tests of the loader:
// small, valid, from an int8 and a float input to a detection output and an ArgMax. Its golden outputs are
// zeros.
#pragma once

#include "package_builder.h"
#include "random_shapes.h"

namespace cortado::test {

class FurtherNetwork {
 public:
  explicit FurtherNetwork(std::uint32_t seed) : random_(seed) {
    build_moves();
    build_functions();
    build_detector();
  }

  AlignedBytes finish() { return package.finish(); }

  PackageBuilder package;

 private:
  using Shape = std::vector<std::uint32_t>;
  using Body = format::OperationBody;
  static constexpr auto kInt8 = format::DataType::Int8;
  static constexpr auto kFloat = format::DataType::Float32;

  BlobIndex int8(const std::string& name, const Shape& shape) { return package.blob(name, kInt8, shape, 12); }
  BlobIndex real(const std::string& name, const Shape& shape) { return package.blob(name, kFloat, shape); }
  flatbuffers::FlatBufferBuilder& tables() { return package.tables(); }

  BlobIndex input(BlobIndex blob, std::size_t elements) {
    std::vector<float> values;
    for (std::size_t i = 0; i < elements; ++i) values.push_back(random_.real());
    package.input(blob, kFloat, bytes_of(values));
    return blob;
  }
  void output(BlobIndex blob, std::size_t elements) {
    package.output(blob, kFloat, std::vector<std::uint8_t>(elements * sizeof(float)), 1e30F);
  }

  void build_moves() {
    const BlobIndex data = input(int8("data", {1, 6, 4, 5}), 120);
    const BlobIndex shuffled = int8("shuffled", {1, 6, 4, 5});
    package.add("shuffle", Body::ShuffleChannel, format::CreateShuffleChannel(tables(), data, shuffled, 3));
    const BlobIndex large = int8("large", {1, 6, 8, 15});
    package.add("upsample", Body::Upsample, format::CreateUpsample(tables(), shuffled, large));
    const std::vector<std::uint32_t> offsets = {0, 1, 2, 3};
    const BlobIndex cut = int8("cut", {1, 5, 4, 5});
    package.add("crop", Body::Crop, format::CreateCropDirect(tables(), large, cut, &offsets));
    const BlobIndex spread = int8("spread", {1, 5, 10, 9});
    package.add("zeros", Body::InsertZeros, format::CreateInsertZeros(tables(), cut, spread, 3, 2));
    const std::vector<std::uint8_t> order = {0, 2, 3, 1};
    const BlobIndex turned = int8("turned", {1, 10, 9, 5});
    package.add("permute", Body::Permute, format::CreatePermuteDirect(tables(), spread, turned, &order));
    const BlobIndex tiled = int8("tiled", {1, 10, 9, 10});
    package.add("tile", Body::Tile, format::CreateTile(tables(), turned, tiled));
    const BlobIndex largest = int8("largest", {1, 10, 9, 10});
    const std::vector<BlobIndex> both = {tiled, tiled};
    package.add("max", Body::Eltwise,
                format::CreateEltwiseDirect(tables(), &both, largest, format::EltwiseFunction::Max, 0, 127));
    moved_ = real("moved", {1, 10, 9, 10});
    package.dequantize("moved", largest, moved_, 1.0F / 12);
  }

  void build_functions() {
    const Shape shape = {1, 10, 9, 10};
    const BlobIndex lrn = real("lrn", shape);
    package.add("lrn", Body::LocalResponse,
                format::CreateLocalResponse(tables(), moved_, lrn, 5, false, 0.1, 0.75, 1));
    const BlobIndex within = real("within", shape);
    package.add("within", Body::LocalResponse,
                format::CreateLocalResponse(tables(), lrn, within, 3, true, 0.1, 0.6, 1));
    const std::vector<float> scale(10, 2);
    const BlobIndex unit = real("unit", shape);
    package.add("normalize", Body::Normalize,
                format::CreateNormalizeDirect(tables(), within, unit, false, 1e-10, &scale));
    const BlobIndex sample = real("sample", shape);
    package.add("sample", Body::Normalize,
                format::CreateNormalizeDirect(tables(), unit, sample, true, 1e-10, &scale));
    const BlobIndex powered = real("powered", shape);
    package.add("power", Body::Unary,
                format::CreateUnary(tables(), sample, powered, format::UnaryFunction::Power, 2, 1, 1.3));
    const BlobIndex factors = real("factors", {1, 10, 1, 1});
    const std::vector<std::uint8_t> values = bytes_of(std::vector<float>(10, 0.5F));
    package.add("factors", Body::Constant, format::CreateConstantDirect(tables(), factors, &values));
    const BlobIndex scaled = real("scaled", shape);
    package.add(
        "scale", Body::Broadcast,
        format::CreateBroadcast(tables(), powered, factors, scaled, format::BroadcastFunction::Multiply));
    const BlobIndex resized = real("resized", {1, 10, 5, 4});
    package.add("interp", Body::Interp, format::CreateInterp(tables(), scaled, resized));
    const BlobIndex sums = real("sums", {1, 10});
    package.add("sums", Body::Reduction,
                format::CreateReduction(tables(), resized, sums, format::ReductionFunction::SquareSum, 0.05));
    const BlobIndex best = real("best", {1, 3});
    package.add("argmax", Body::ArgMax, format::CreateArgMax(tables(), sums, best, 1, true));
    output(best, 3);
  }

  void build_detector() {
    constexpr std::uint32_t kPriors = 8;
    constexpr std::uint32_t kClasses = 3;
    const BlobIndex locations = input(real("locations", {1, kPriors * 4}), kPriors * 4);
    const BlobIndex confidences = input(real("confidences", {1, kPriors * kClasses}), kPriors * kClasses);
    const BlobIndex priors = real("priors", {1, 2, kPriors * 4});
    std::vector<float> boxes;
    for (std::uint32_t i = 0; i < kPriors * 8; ++i) boxes.push_back(i % 4 < 2 ? 0.2F : 0.6F);
    const std::vector<std::uint8_t> values = bytes_of(boxes);
    package.add("priors", Body::Constant, format::CreateConstantDirect(tables(), priors, &values));
    const BlobIndex rows = real("rows", {1, 1, 10, 7});
    package.add(
        "detect", Body::DetectionOutput,
        format::CreateDetectionOutput(tables(), locations, confidences, priors, rows, kClasses, true, false,
                                      false, format::BoxCode::CenterSize, 0, 6, 10, 0.01, 0.45, 1));
    output(rows, 70);
  }

  Random random_;
  BlobIndex moved_ = 0;
};

}  // namespace cortado::test
