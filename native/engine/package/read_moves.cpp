// Operations that move elements as they are.
#include "package/limits.h"
#include "package/read_operation.h"

namespace cortado {

Concat OperationReader::read(const format::Concat& table) const {
  Concat concat{};
  concat.inputs = indices(*table.inputs());
  concat.output = index(table.output());
  const Blob& output = blob(concat.output);
  require(table.axis() < output.shape.size(), "its axis is out of range");
  concat.axis = static_cast<std::int32_t>(table.axis());
  std::int32_t Extents::*const along = kAxes[concat.axis];
  std::int64_t total = 0;
  for (const BlobIndex input : concat.inputs) {
    require_type(input, output.type);
    Extents extents = blob(input).extents;
    total += extents.*along;
    extents.*along = output.extents.*along;
    require(extents == output.extents, "the shapes of its inputs do not fit its output");
  }
  require(total == output.extents.*along, "its inputs do not fill its output");
  return concat;
}

Reshape OperationReader::read(const format::Reshape& table) const {
  const Reshape reshape{index(table.input()), index(table.output())};
  require_type(reshape.input, blob(reshape.output).type);
  require(blob(reshape.input).extents.elements() == blob(reshape.output).extents.elements(),
          "its blobs have not the same number of elements");
  return reshape;
}

Permute OperationReader::read(const format::Permute& table) const {
  Permute permute{index(table.input()), index(table.output()), {0, 1, 2, 3}};
  require_move(permute.input, permute.output);
  const Extents& input = blob(permute.input).extents;
  const Extents& output = blob(permute.output).extents;
  const Span<std::uint8_t> order = span_of(table.order());
  const std::size_t rank = blob(permute.input).shape.size();
  require(order.size() == rank, "its order has not one entry per axis");
  bool named[kMaxRank] = {};
  for (std::size_t axis = 0; axis < rank; ++axis) {
    require(order[axis] < rank && !named[order[axis]], "its order does not name each axis once");
    named[order[axis]] = true;
    permute.order[axis] = order[axis];
    require(output.*kAxes[axis] == input.*kAxes[order[axis]], "the shape of its output does not follow");
  }
  return permute;
}

Crop OperationReader::read(const format::Crop& table) const {
  Crop crop{index(table.input()), index(table.output()), {0, 0, 0, 0}};
  require_move(crop.input, crop.output);
  const Extents& input = blob(crop.input).extents;
  const Extents& output = blob(crop.output).extents;
  const Span<std::uint32_t> offsets = span_of(table.offsets());
  require(offsets.size() == blob(crop.input).shape.size(), "it has not one offset per axis");
  for (std::size_t axis = 0; axis < offsets.size(); ++axis) {
    require(std::int64_t{offsets[axis]} + output.*kAxes[axis] <= input.*kAxes[axis],
            "its output does not lie inside its input");
    crop.offsets[axis] = static_cast<std::int32_t>(offsets[axis]);
  }
  return crop;
}

Tile OperationReader::read(const format::Tile& table) const {
  const Tile tile{index(table.input()), index(table.output())};
  require_move(tile.input, tile.output);
  for (const auto axis : kAxes) {
    require(blob(tile.output).extents.*axis % (blob(tile.input).extents.*axis) == 0,
            "its output is not made of whole inputs");
  }
  return tile;
}

Upsample OperationReader::read(const format::Upsample& table) const {
  const Upsample upsample{index(table.input()), index(table.output())};
  require_move(upsample.input, upsample.output);
  const Extents& input = blob(upsample.input).extents;
  const Extents& output = blob(upsample.output).extents;
  require(input.batch == output.batch && input.channels == output.channels &&
              output.height % input.height == 0 && output.width % input.width == 0,
          "its output is not a multiple of its input");
  return upsample;
}

ShuffleChannel OperationReader::read(const format::ShuffleChannel& table) const {
  ShuffleChannel shuffle{index(table.input()), index(table.output()), 1};
  require_move(shuffle.input, shuffle.output);
  require_same_extents(shuffle.input, shuffle.output);
  const auto channels = static_cast<std::uint32_t>(blob(shuffle.input).extents.channels);
  require(table.group() >= 1 && channels % table.group() == 0, "its group does not divide its channels");
  shuffle.group = static_cast<std::int32_t>(table.group());
  return shuffle;
}

InsertZeros OperationReader::read(const format::InsertZeros& table) const {
  InsertZeros insert{index(table.input()), index(table.output()), 1, 1};
  require_move(insert.input, insert.output);
  const Extents& input = blob(insert.input).extents;
  const Extents& output = blob(insert.output).extents;
  require(input.batch == output.batch && input.channels == output.channels,
          "the batches or channels of its blobs differ");
  const auto follows = [](std::int64_t from, std::int64_t to, std::int64_t stride) {
    return stride >= 1 && stride <= kMaxWindowParameter && to == (from - 1) * stride + 1;
  };
  require(follows(input.height, output.height, table.stride_h()) &&
              follows(input.width, output.width, table.stride_w()),
          "its output's extent does not follow from its input's");
  insert.stride_height = static_cast<std::int32_t>(table.stride_h());
  insert.stride_width = static_cast<std::int32_t>(table.stride_w());
  return insert;
}

Constant OperationReader::read(const format::Constant& table) const {
  const Constant constant{index(table.output()), span_of(table.data())};
  require_type(constant.output, ElementType::kFloat32);
  require(constant.data.size() ==
              static_cast<std::size_t>(blob(constant.output).extents.elements()) * sizeof(float),
          "it has not as many values as its blob");
  return constant;
}

}  // namespace cortado
