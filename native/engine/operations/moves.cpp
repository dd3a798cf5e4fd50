// Operations that take each element from one place of the input.
#include "kernels/reference/gather.h"
#include "operations/by_rows.h"

namespace cortado {
namespace {

template <typename T, typename Source>
void prepare_gather(PreparedOperation& prepared, const Image<const T>& input, const Image<T>& output,
                    const Source& source) {
  const auto strides = strides_of(input);
  const auto plan = make_gather_plan(
      output.extents, [&](std::int32_t axis, std::int32_t i) { return source(strides, axis, i); });
  for (const auto& offsets : plan->along) prepared.packed_bytes += offsets.size() * sizeof offsets[0];
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    gather<T>(*plan, input, output, begin, end);
  };
}

using Strides = std::array<std::int32_t, 4>;  // of the input, by axis

std::int32_t stride_of(const Strides& strides, std::int32_t axis) {
  return strides[static_cast<std::size_t>(axis)];
}

// `source(strides, axis, i)`: offset in the input of the output's index i along an axis.
template <typename Operation, typename Source>
PreparedOperation by_gather(const char* kind, const Operation& operation, const PreparationContext& context,
                            const Source& source) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows(kind, "gather_reference", output);
  if (output.type == ElementType::kInt8) {
    prepare_gather<std::int8_t>(prepared, input.as<std::int8_t>(), output.as<std::int8_t>(), source);
  } else {
    prepare_gather<float>(prepared, input.as<float>(), output.as<float>(), source);
  }
  return prepared;
}

const Extents& extents_of(BlobIndex blob, const PreparationContext& context) {
  return context.network.blobs[blob].extents;
}

}  // namespace

PreparedOperation prepare(const Permute& operation, const PreparationContext& context) {
  return by_gather("permute", operation, context,
                   [&](const Strides& strides, std::int32_t axis, std::int32_t i) {
                     return i * stride_of(strides, operation.order[static_cast<std::size_t>(axis)]);
                   });
}

PreparedOperation prepare(const Crop& operation, const PreparationContext& context) {
  return by_gather(
      "crop", operation, context, [&](const Strides& strides, std::int32_t axis, std::int32_t i) {
        return (i + operation.offsets[static_cast<std::size_t>(axis)]) * stride_of(strides, axis);
      });
}

PreparedOperation prepare(const Tile& operation, const PreparationContext& context) {
  const Extents& input = extents_of(operation.input, context);
  return by_gather("tile", operation, context,
                   [&](const Strides& strides, std::int32_t axis, std::int32_t i) {
                     return i % (input.*kAxes[axis]) * stride_of(strides, axis);
                   });
}

PreparedOperation prepare(const Upsample& operation, const PreparationContext& context) {
  const Extents& input = extents_of(operation.input, context);
  const Extents& output = extents_of(operation.output, context);
  return by_gather("upsample", operation, context,
                   [&](const Strides& strides, std::int32_t axis, std::int32_t i) {
                     return i / (output.*kAxes[axis] / input.*kAxes[axis]) * stride_of(strides, axis);
                   });
}

PreparedOperation prepare(const ShuffleChannel& operation, const PreparationContext& context) {
  const std::int32_t per_group = extents_of(operation.input, context).channels / operation.group;
  return by_gather(
      "shuffle-channel", operation, context, [&](const Strides& strides, std::int32_t axis, std::int32_t i) {
        const std::int32_t from = axis == 1 ? i % operation.group * per_group + i / operation.group : i;
        return from * stride_of(strides, axis);
      });
}

PreparedOperation prepare(const InsertZeros& operation, const PreparationContext& context) {
  return by_gather("insert-zeros", operation, context,
                   [&](const Strides& strides, std::int32_t axis, std::int32_t i) {
                     const std::int32_t step = axis == 2   ? operation.stride_height
                                               : axis == 3 ? operation.stride_width
                                                           : 1;
                     return i % step == 0 ? i / step * stride_of(strides, axis) : GatherPlan::kZero;
                   });
}

}  // namespace cortado
