#include "kernels/reference/pooling.h"

#include "prepared_operation.h"

namespace cortado {

PreparedOperation prepare(const Pooling& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  const bool average = operation.method == PoolingMethod::kAverage;
  PreparedOperation prepared;
  prepared.kind = "pooling";
  prepared.work_items = output.extents.batch * output.extents.height;
  if (input.type == ElementType::kFloat32) {
    prepared.kernel = average ? "average_pooling_f32_reference" : "max_pooling_f32_reference";
    const auto pool = average ? average_pooling_f32 : max_pooling_f32;
    prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
      pool(input.as<float>(), output.as<float>(), operation, begin, end);
    };
    return prepared;
  }
  if (!average) {
    const std::int8_t low = operation.activation.kind == ActivationKind::kRelu ? 0 : INT8_MIN;
    prepared.kernel = "max_pooling_s8_reference";
    prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
      max_pooling_s8(input.as<std::int8_t>(), output.as<std::int8_t>(), operation.window, low, begin, end);
    };
    return prepared;
  }
  prepared.scratch_bytes = static_cast<std::size_t>(input.extents.channels) * sizeof(std::int32_t);
  if (output.type == ElementType::kInt8) {
    prepared.kernel = "average_pooling_s8_reference";
    prepared.run = [=](std::int32_t begin, std::int32_t end, void* scratch) {
      average_pooling_s8(input.as<std::int8_t>(), output.as<std::int8_t>(), operation, begin, end,
                         static_cast<std::int32_t*>(scratch));
    };
  } else {
    prepared.kernel = "average_pooling_s8_f32_reference";
    prepared.run = [=](std::int32_t begin, std::int32_t end, void* scratch) {
      average_pooling_s8_f32(input.as<std::int8_t>(), output.as<float>(), operation, begin, end,
                             static_cast<std::int32_t*>(scratch));
    };
  }
  return prepared;
}

}  // namespace cortado
