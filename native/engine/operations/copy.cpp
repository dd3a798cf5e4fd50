// Operations that copy elements as they are: concatenation, reshaping, constants.
#include "kernels/reference/copy.h"

#include <cstring>

#include "operations/inputs.h"
#include "prepared_operation.h"

namespace cortado {
namespace {

template <typename T>
void prepare_concat(PreparedOperation& prepared, const Concat& operation, const PreparationContext& context) {
  const auto inputs = images_of<T>(operation.inputs, context);
  const BlobMemory memory = context.memory(operation.output);
  const Image<T> output = memory.as<T>();
  const std::int32_t axis = operation.axis;
  prepared.run = [=](std::int32_t, std::int32_t, void*) { concatenate<T>(inputs, output, axis); };
}

template <typename T>
void prepare_reshape(PreparedOperation& prepared, const BlobMemory& input, const BlobMemory& output) {
  prepared.run = [=](std::int32_t, std::int32_t, void*) { reshape<T>(input.as<T>(), output.as<T>()); };
}

}  // namespace

PreparedOperation prepare(const Concat& operation, const PreparationContext& context) {
  PreparedOperation prepared;
  prepared.kind = "concat";
  prepared.kernel = "concat_reference";
  prepared.work_items = 1;
  if (context.memory(operation.output).type == ElementType::kInt8) {
    prepare_concat<std::int8_t>(prepared, operation, context);
  } else {
    prepare_concat<float>(prepared, operation, context);
  }
  return prepared;
}

PreparedOperation prepare(const Reshape& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared;
  prepared.kind = "reshape";
  prepared.kernel = "reshape_reference";
  prepared.work_items = 1;
  if (input.type == ElementType::kInt8) {
    prepare_reshape<std::int8_t>(prepared, input, output);
  } else {
    prepare_reshape<float>(prepared, input, output);
  }
  return prepared;
}

PreparedOperation prepare(const Constant& operation, const PreparationContext& context) {
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared;
  prepared.kind = "constant";
  prepared.kernel = "constant_reference";
  prepared.work_items = 1;
  // Written in each run: other blobs may have had the memory in between.
  prepared.run = [=](std::int32_t, std::int32_t, void*) {
    const std::uint8_t* from = operation.data.data();
    for_each_in_caffe_order(output.as<float>(), [&](float& value) {
      std::memcpy(&value, from, sizeof value);
      from += sizeof value;
    });
  };
  return prepared;
}

}  // namespace cortado
