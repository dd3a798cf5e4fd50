#include "kernels/reference/eltwise_sum.h"

#include "operations/inputs.h"
#include "prepared_operation.h"

namespace cortado {

PreparedOperation prepare(const EltwiseSum& operation, const PreparationContext& context) {
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared;
  prepared.kind = "eltwise-sum";
  prepared.work_items = output.extents.batch * output.extents.height;
  if (output.type == ElementType::kInt8) {
    prepared.kernel = "eltwise_sum_s8_reference";
    prepared.scratch_bytes = static_cast<std::size_t>(output.extents.channels) * sizeof(std::int32_t);
    const auto inputs = images_of<std::int8_t>(operation.inputs, context);
    prepared.run = [=](std::int32_t begin, std::int32_t end, void* scratch) {
      eltwise_sum_s8(inputs, output.as<std::int8_t>(), operation, begin, end,
                     static_cast<std::int32_t*>(scratch));
    };
  } else {
    prepared.kernel = "eltwise_sum_f32_reference";
    const auto inputs = images_of<float>(operation.inputs, context);
    prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
      eltwise_sum_f32(inputs, output.as<float>(), operation, begin, end);
    };
  }
  return prepared;
}

}  // namespace cortado
