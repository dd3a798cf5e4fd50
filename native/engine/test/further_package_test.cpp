// What the loader refuses of the further operations: each is broken in one place.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "executor.h"
#include "further_network.h"
#include "golden.h"
#include "package/package.h"
#include "refusal.h"

namespace cortado {
namespace {

using format::DataType;
using format::OperationBody;
using test::AlignedBytes;
using test::PackageBuilder;

using Shape = std::vector<std::uint32_t>;

TEST(FurtherPackage, IsReadAndRuns) {
  const AlignedBytes bytes = test::FurtherNetwork(0).finish();
  const Network network = read_package(bytes.data(), bytes.size(), {});
  ExecutorOptions options;
  Executor executor(network, options);
  EXPECT_EQ(verify_goldens(network, executor).float_outputs.size(), 2U);
}

// An operation from blob 0 to blob 1, with blobs 2 and 3 as further inputs.
struct Broken {
  DataType type = DataType::Float32;
  Shape input = {1, 6, 4, 4}, output = {1, 6, 4, 4}, second = {1, 6, 1, 1}, third = {1, 2, 8};
  DataType output_type = type;
};

using Add = std::function<void(PackageBuilder&)>;

void expect_refused(const Broken& broken, const std::string& code, const std::string& word, const Add& add) {
  PackageBuilder package;
  const float scale = broken.type == DataType::Int8 ? 2 : 0;
  const auto elements = [](const Shape& shape) {
    std::size_t count = 1;
    for (const std::uint32_t extent : shape) count *= extent;
    return count;
  };
  const auto zeros = [&](const Shape& shape) {
    return std::vector<std::uint8_t>(elements(shape) * sizeof(float));
  };
  package.blob("in", broken.type, broken.input, scale);
  package.blob("out", broken.output_type, broken.output, broken.output_type == DataType::Int8 ? 2 : 0);
  package.blob("second", DataType::Float32, broken.second);
  package.blob("third", DataType::Float32, broken.third);
  package.input(0, DataType::Float32, zeros(broken.input));
  package.input(2, DataType::Float32, zeros(broken.second));
  package.input(3, DataType::Float32, zeros(broken.third));
  add(package);
  package.output(1, broken.output_type,
                 broken.output_type == DataType::Int8 ? std::vector<std::uint8_t>(elements(broken.output))
                                                      : zeros(broken.output));
  const AlignedBytes bytes = package.finish();
  SCOPED_TRACE(word);
  try {
    read_package(bytes.data(), bytes.size(), {});
    ADD_FAILURE() << "not refused";
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code, code) << refusal.message;
    EXPECT_NE(refusal.message.find(word), std::string::npos) << refusal.message;
  }
}

void expect_damaged(const Broken& broken, const std::string& word, const Add& add) {
  expect_refused(broken, "package.damaged", word, add);
}

Broken shapes(const Shape& input, const Shape& output) {
  Broken broken;
  broken.input = input;
  broken.output = output;
  return broken;
}

Broken types(DataType input, DataType output) {
  Broken broken;
  broken.type = input;
  broken.output_type = output;
  return broken;
}

TEST(FurtherPackage, RefusesBrokenSums) {
  const auto sum = [](PackageBuilder::EltwiseSpec spec) {
    spec.inputs = {0};
    spec.output = 1;
    return [=](PackageBuilder& p) { p.eltwise_sum("l", spec); };
  };
  const Broken bytes = types(DataType::Int8, DataType::Int8);
  PackageBuilder::EltwiseSpec spec;
  expect_damaged(bytes, "one multiplier per input", sum(spec));
  spec.multipliers = {1};
  spec.bias = 1 << 29;
  expect_damaged(bytes, "its bias", sum(spec));
  spec.bias = INT32_MIN;
  expect_damaged(bytes, "its bias", sum(spec));
  spec.bias = 1 - (1 << 29);
  spec.shift = 32;
  expect_damaged(bytes, "its shift", sum(spec));
}

TEST(FurtherPackage, RefusesBrokenMoves) {
  const auto permute = [](std::vector<std::uint8_t> order) {
    return [=](PackageBuilder& p) {
      p.add("l", OperationBody::Permute, format::CreatePermuteDirect(p.tables(), 0, 1, &order));
    };
  };
  expect_damaged({}, "one entry per axis", permute({0, 1, 2}));
  expect_damaged({}, "each axis once", permute({0, 1, 2, 2}));
  expect_damaged({}, "each axis once", permute({0, 1, 2, 4}));
  expect_damaged({}, "does not follow", permute({0, 3, 2, 1}));
  expect_damaged(shapes({1, 96}, {1, 6, 16}), "as many axes", permute({0, 1}));
  expect_damaged(types(DataType::Int8, DataType::Float32), "type", permute({0, 1, 2, 3}));

  const auto crop = [](std::vector<std::uint32_t> offsets) {
    return [=](PackageBuilder& p) {
      p.add("l", OperationBody::Crop, format::CreateCropDirect(p.tables(), 0, 1, &offsets));
    };
  };
  expect_damaged({}, "one offset per axis", crop({0, 0, 0}));
  expect_damaged({}, "inside its input", crop({0, 0, 0, 1}));
  expect_damaged({}, "inside its input", crop({0, 0xFFFFFFFF, 0, 0}));

  const auto tile = [](PackageBuilder& p) {
    p.add("l", OperationBody::Tile, format::CreateTile(p.tables(), 0, 1));
  };
  expect_damaged(shapes({1, 6, 4, 4}, {1, 6, 6, 4}), "whole inputs", tile);
  const auto upsample = [](PackageBuilder& p) {
    p.add("l", OperationBody::Upsample, format::CreateUpsample(p.tables(), 0, 1));
  };
  expect_damaged(shapes({1, 6, 4, 4}, {1, 6, 8, 9}), "multiple", upsample);
  expect_damaged(shapes({1, 6, 4, 4}, {1, 12, 8, 8}), "multiple", upsample);

  for (const std::uint32_t group : {0U, 4U, 0x80000000U}) {
    expect_damaged({}, "group", [=](PackageBuilder& p) {
      p.add("l", OperationBody::ShuffleChannel, format::CreateShuffleChannel(p.tables(), 0, 1, group));
    });
  }
  for (const std::uint32_t stride : {0U, 2U, 0xFFFFFFFFU}) {
    expect_damaged({}, "does not follow", [=](PackageBuilder& p) {
      p.add("l", OperationBody::InsertZeros, format::CreateInsertZeros(p.tables(), 0, 1, stride, 1));
    });
  }
  expect_damaged({}, "as many values", [](PackageBuilder& p) {
    const std::vector<std::uint8_t> data(96 * 4 - 1);
    p.add("l", OperationBody::Constant, format::CreateConstantDirect(p.tables(), 1, &data));
  });
}

TEST(FurtherPackage, RefusesBrokenFunctions) {
  constexpr double kInfinity = HUGE_VAL;
  const auto unary = [](format::UnaryFunction function, double a) {
    return [=](PackageBuilder& p) {
      p.add("l", OperationBody::Unary, format::CreateUnary(p.tables(), 0, 1, function, a));
    };
  };
  expect_damaged({}, "finite", unary(format::UnaryFunction::Elu, std::nan("")));
  expect_damaged(types(DataType::Int8, DataType::Int8), "float32", unary(format::UnaryFunction::Abs, 0));
  expect_damaged(shapes({1, 6}, {1, 5}), "shapes", unary(format::UnaryFunction::Abs, 0));
  expect_refused({}, "package.unsupported", "function", unary(static_cast<format::UnaryFunction>(11), 0));

  const auto eltwise = [](format::EltwiseFunction function, std::int8_t low) {
    return [=](PackageBuilder& p) {
      const std::vector<BlobIndex> inputs = {0, 0};
      p.add("l", OperationBody::Eltwise,
            format::CreateEltwiseDirect(p.tables(), &inputs, 1, function, low, 127));
    };
  };
  const Broken int8 = types(DataType::Int8, DataType::Int8);
  expect_refused(int8, "package.unsupported", "product of int8",
                 eltwise(format::EltwiseFunction::Product, 0));
  expect_refused({}, "package.unsupported", "function", eltwise(static_cast<format::EltwiseFunction>(2), 0));
  expect_damaged(int8, "bounds", eltwise(format::EltwiseFunction::Max, -128));

  Broken operand;
  operand.second = {1, 3, 1, 1};
  expect_damaged(operand, "operand", [](PackageBuilder& p) {
    p.add("l", OperationBody::Broadcast, format::CreateBroadcast(p.tables(), 0, 2, 1));
  });
  expect_damaged(shapes({1, 6, 4, 4}, {1, 5, 8, 8}), "channels", [](PackageBuilder& p) {
    p.add("l", OperationBody::Interp, format::CreateInterp(p.tables(), 0, 1));
  });

  const auto response = [](std::uint32_t size, double beta) {
    return [=](PackageBuilder& p) {
      p.add("l", OperationBody::LocalResponse,
            format::CreateLocalResponse(p.tables(), 0, 1, size, false, 1, beta, 1));
    };
  };
  expect_damaged({}, "size", response(4, 1));
  expect_damaged({}, "size", response(0xFFFFFFFF, 1));
  expect_damaged({}, "finite", response(5, kInfinity));
  const auto normalize = [](std::vector<float> scale, double eps) {
    return [=](PackageBuilder& p) {
      p.add("l", OperationBody::Normalize,
            format::CreateNormalizeDirect(p.tables(), 0, 1, false, eps, &scale));
    };
  };
  expect_damaged({}, "scale", normalize({1, 2}, 0));
  expect_damaged({}, "scale", normalize({}, 0));
  expect_damaged({}, "scales is not finite", normalize({std::nanf("")}, 0));
  expect_damaged({}, "eps", normalize({1}, kInfinity));
  expect_damaged(shapes({1, 6, 4, 4}, {1, 5}), "divide", [](PackageBuilder& p) {
    p.add("l", OperationBody::Reduction, format::CreateReduction(p.tables(), 0, 1));
  });
  const auto arg_max = [](std::uint32_t axis) {
    return [=](PackageBuilder& p) {
      p.add("l", OperationBody::ArgMax, format::CreateArgMax(p.tables(), 0, 1, axis));
    };
  };
  expect_damaged({}, "axis", arg_max(4));
  expect_damaged(shapes({1, 6, 4, 4}, {1, 7, 4, 4}), "more values", arg_max(1));
  expect_damaged(shapes({1, 6, 4, 4}, {1, 1, 4, 3}), "do not fit", arg_max(1));
}

TEST(FurtherPackage, RefusesBrokenDetectors) {
  // Two priors with three classes.
  const auto detect = [](std::uint32_t classes, std::int32_t top_k, std::int32_t keep_top_k, bool shared) {
    return [=](PackageBuilder& p) {
      p.add("l", OperationBody::DetectionOutput,
            format::CreateDetectionOutput(p.tables(), 0, 2, 3, 1, classes, shared, false, false,
                                          format::BoxCode::Corner, 0, top_k, keep_top_k, 0, 0.5, 1));
    };
  };
  Broken b = shapes({1, 8}, {1, 1, 6, 7});
  b.second = {1, 6};
  b.third = {1, 2, 8};
  expect_damaged(b, "classes", detect(0, -1, -1, true));
  expect_damaged(b, "classes", detect(0xFFFFFFFF, -1, -1, true));
  expect_damaged(b, "as many", detect(2, -1, -1, true));
  expect_damaged(b, "as many", detect(3, -1, -1, false));
  Broken few = b;
  few.output = {1, 1, 5, 7};
  expect_damaged(few, "a row for each", detect(3, -1, -1, true));
  expect_damaged(few, "a row for each", detect(3, 2, 6, true));
  Broken odd = b;
  odd.third = {1, 2, 7};
  expect_damaged(odd, "not boxes", detect(3, -1, -1, true));
  Broken batches = b;
  batches.second = {2, 3};
  expect_damaged(batches, "batches", detect(3, -1, -1, true));
  Broken columns = b;
  columns.output = {1, 1, 6, 8};
  expect_damaged(columns, "a row for each", detect(3, -1, -1, true));
}

}  // namespace
}  // namespace cortado
