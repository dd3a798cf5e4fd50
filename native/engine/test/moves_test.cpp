// Operations that move elements, int8 and float, on blobs of every rank: each against its index rule in the
// schema.
#include <gtest/gtest.h>

#include "operation_case.h"

namespace cortado {
namespace {

using format::OperationBody;
using test::Array;
using test::Case;
using test::for_each_position;
using test::for_seeds;
using test::Random;

using Position = std::array<std::int32_t, 4>;

Extents to_extents(const Position& p) { return {p[0], p[1], p[2], p[3]}; }

template <typename T>
T value_at(const Array<T>& array, const Position& p) {
  return array.at(p[0], p[1], p[2], p[3]);
}

// Values of 0 to 99 that tell neighbours apart.
template <typename T>
Array<T> numbered(const Position& extents, std::size_t rank) {
  Array<T> array(to_extents(extents), rank);
  for (std::size_t i = 0; i < array.values.size(); ++i) array.values[i] = static_cast<T>(i * 37 % 100 + 1);
  return array;
}

// y[p] = x[source(p)], 0 where it says nothing.
template <typename T, typename Source>
Array<T> moved(const Array<T>& in, const Position& out_extents, const Source& source) {
  Array<T> out(to_extents(out_extents), in.rank);
  for_each_position(out.extents, [&](std::int32_t n, std::int32_t c, std::int32_t y, std::int32_t x) {
    const std::optional<Position> from = source(Position{n, c, y, x});
    out.at(n, c, y, x) = from ? value_at(in, *from) : T{};
  });
  return out;
}

// Calls build(case, input array of a random rank, its extents) for int8 and for float.
template <typename Build>
void for_both_types(std::uint32_t seeds, std::int32_t least_rank, const Build& build) {
  for_seeds(seeds, [&](Case& c) {
    const auto rank = static_cast<std::size_t>(c.random.between(least_rank, 4));
    Position extents = {1, 1, 1, 1};
    for (std::size_t axis = 0; axis < rank; ++axis) extents[axis] = c.random.between(1, axis == 1 ? 24 : 6);
    if (c.random.chance(50)) {
      build(c, numbered<std::int8_t>(extents, rank), extents);
    } else {
      build(c, numbered<float>(extents, rank), extents);
    }
  });
}

TEST(Moves, Permute) {
  for_both_types(150, 1, [](Case& c, const auto& in, const Position& extents) {
    std::vector<std::uint8_t> order;
    for (std::size_t axis = 0; axis < in.rank; ++axis) {
      order.insert(order.begin() + c.random.between(0, static_cast<std::int32_t>(axis)),
                   static_cast<std::uint8_t>(axis));
    }
    Position out = {1, 1, 1, 1};
    for (std::size_t i = 0; i < order.size(); ++i) out[i] = extents[order[i]];
    const auto result = moved(in, out, [&](const Position& p) {
      Position from = {0, 0, 0, 0};
      for (std::size_t i = 0; i < order.size(); ++i) from[order[i]] = p[i];
      return from;
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(result);
    c.package.add("permute", OperationBody::Permute,
                  format::CreatePermuteDirect(c.package.tables(), input, output, &order));
  });
}

TEST(Moves, Crop) {
  for_both_types(120, 1, [](Case& c, const auto& in, const Position& extents) {
    Position out = extents;
    Position begin = {0, 0, 0, 0};
    std::vector<std::uint32_t> offsets;
    for (std::size_t axis = 0; axis < in.rank; ++axis) {
      out[axis] = c.random.between(1, extents[axis]);
      begin[axis] = c.random.between(0, extents[axis] - out[axis]);
      offsets.push_back(static_cast<std::uint32_t>(begin[axis]));
    }
    const auto result = moved(in, out, [&](const Position& p) {
      return Position{p[0] + begin[0], p[1] + begin[1], p[2] + begin[2], p[3] + begin[3]};
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(result);
    c.package.add("crop", OperationBody::Crop,
                  format::CreateCropDirect(c.package.tables(), input, output, &offsets));
  });
}

TEST(Moves, Tile) {
  for_both_types(120, 1, [](Case& c, const auto& in, const Position& extents) {
    Position out = extents;
    for (std::size_t axis = 0; axis < in.rank; ++axis) out[axis] *= c.random.chance(40) ? 3 : 1;
    const auto result = moved(in, out, [&](const Position& p) {
      return Position{p[0] % extents[0], p[1] % extents[1], p[2] % extents[2], p[3] % extents[3]};
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(result);
    c.package.add("tile", OperationBody::Tile, format::CreateTile(c.package.tables(), input, output));
  });
}

TEST(Moves, Upsample) {
  for_both_types(100, 4, [](Case& c, const auto& in, const Position& extents) {
    const std::int32_t down = c.random.between(1, 4);
    const std::int32_t across = c.random.between(1, 4);
    const Position out = {extents[0], extents[1], extents[2] * down, extents[3] * across};
    const auto result = moved(in, out, [&](const Position& p) {
      return Position{p[0], p[1], p[2] / down, p[3] / across};
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(result);
    c.package.add("upsample", OperationBody::Upsample,
                  format::CreateUpsample(c.package.tables(), input, output));
  });
}

TEST(Moves, ShuffleChannel) {
  for_both_types(100, 2, [](Case& c, const auto& in, const Position& extents) {
    std::int32_t group = c.random.between(1, extents[1]);
    while (extents[1] % group != 0) --group;
    const std::int32_t count = extents[1] / group;
    // Channel i * count + j becomes channel j * group + i.
    std::vector<std::int32_t> source(static_cast<std::size_t>(extents[1]));
    for (std::int32_t i = 0; i < group; ++i) {
      for (std::int32_t j = 0; j < count; ++j)
        source[static_cast<std::size_t>(j * group + i)] = i * count + j;
    }
    const auto result = moved(in, extents, [&](const Position& p) {
      return Position{p[0], source[static_cast<std::size_t>(p[1])], p[2], p[3]};
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(result);
    c.package.add(
        "shuffle", OperationBody::ShuffleChannel,
        format::CreateShuffleChannel(c.package.tables(), input, output, static_cast<std::uint32_t>(group)));
  });
}

TEST(Moves, InsertZeros) {
  for_both_types(100, 4, [](Case& c, const auto& in, const Position& extents) {
    const std::int32_t down = c.random.between(1, 4);
    const std::int32_t across = c.random.between(1, 4);
    const Position out = {extents[0], extents[1], (extents[2] - 1) * down + 1, (extents[3] - 1) * across + 1};
    const auto result = moved(in, out, [&](const Position& p) -> std::optional<Position> {
      if (p[2] % down != 0 || p[3] % across != 0) return std::nullopt;
      return Position{p[0], p[1], p[2] / down, p[3] / across};
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(result);
    c.package.add(
        "zeros", OperationBody::InsertZeros,
        format::CreateInsertZeros(c.package.tables(), input, output, static_cast<std::uint32_t>(down),
                                  static_cast<std::uint32_t>(across)));
  });
}

TEST(Moves, ReshapeBetweenRanks) {
  for_both_types(100, 1, [](Case& c, const auto& in, const Position& extents) {
    // Neighbouring axes are joined into one.
    const auto kept = static_cast<std::size_t>(c.random.between(1, static_cast<std::int32_t>(in.rank)));
    Position out = {1, 1, 1, 1};
    for (std::size_t axis = 0; axis < 4; ++axis) out[std::min(axis, kept - 1)] *= extents[axis];
    auto result = in;
    result.extents = to_extents(out);
    result.rank = kept;
    const BlobIndex input = c.input(in);
    c.package.reshape("reshape", input, c.output(result));
  });
}

// The blob beside another one along any axis of any rank.
TEST(Moves, ConcatOfEveryRank) {
  for_both_types(120, 1, [](Case& c, const auto& in, const Position& extents) {
    const auto axis = static_cast<std::size_t>(c.random.between(0, static_cast<std::int32_t>(in.rank) - 1));
    Position second_extents = extents;
    second_extents[axis] = c.random.between(1, 5);
    auto second = in;
    second.extents = to_extents(second_extents);
    second.values.assign(static_cast<std::size_t>(second.extents.elements()), 7);
    Position out = extents;
    out[axis] += second_extents[axis];
    auto result = moved(in, out, [&](const Position& p) {
      return p[axis] < extents[axis] ? std::optional<Position>(p) : std::nullopt;
    });
    for_each_position(result.extents, [&](std::int32_t n, std::int32_t ch, std::int32_t y, std::int32_t x) {
      if (Position{n, ch, y, x}[axis] >= extents[axis]) result.at(n, ch, y, x) = 7;
    });
    const std::vector<BlobIndex> inputs = {c.input(in), c.input(second, "second")};
    c.package.concat("concat", inputs, c.output(result), static_cast<std::uint32_t>(axis));
  });
}

TEST(Moves, ConstantIsThereInEveryRun) {
  for_seeds(40, [](Case& c) {
    const Array<float> in = test::random_float(c.random, test::random_extents(c.random));
    const Array<float> constant = test::random_float(c.random, in.extents);
    Array<float> out(in.extents);
    for (std::size_t i = 0; i < in.values.size(); ++i) out.values[i] = in.values[i] + constant.values[i];
    const BlobIndex input = c.input(in);
    const std::vector<std::uint8_t> data = test::bytes_of(constant.values);
    const BlobIndex blob = c.package.blob("constant", format::DataType::Float32, test::shape_of(constant));
    c.package.add("constant", OperationBody::Constant,
                  format::CreateConstantDirect(c.package.tables(), blob, &data));
    test::PackageBuilder::EltwiseSpec sum;
    sum.inputs = {input, blob};
    sum.coefficients = {1, 1};
    sum.output = c.output(out);
    c.package.eltwise_sum("sum", sum);
  });
}

}  // namespace
}  // namespace cortado
