// Operations that combine blobs of equal shapes.
#include "kernels/reference/eltwise.h"

#include "kernels/reference/eltwise_sum.h"
#include "operations/by_rows.h"
#include "operations/inputs.h"

#if defined(CORTADO_HAS_NEON)
#include "kernels/neon/eltwise_sum_s8_neon.h"
#endif

namespace cortado {

namespace {

void prepare_sum_s8(PreparedOperation& prepared, const EltwiseSum& operation,
                    const Image<std::int8_t>& output, const PreparationContext& context) {
  const auto inputs = images_of<std::int8_t>(operation.inputs, context);
#if defined(CORTADO_HAS_NEON)
  if (context.backend != Backend::kReference && context.cpu.neon) {
    prepared.kernel = "eltwise_sum_s8_neon";
    prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
      neon::eltwise_sum_s8(inputs, output, operation, begin, end);
    };
    return;
  }
#endif
  prepared.kernel = "eltwise_sum_s8_reference";
  prepared.scratch_bytes = static_cast<std::size_t>(output.extents.channels) * sizeof(std::int32_t);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void* scratch) {
    eltwise_sum_s8(inputs, output, operation, begin, end, static_cast<std::int32_t*>(scratch));
  };
}

}  // namespace

PreparedOperation prepare(const EltwiseSum& operation, const PreparationContext& context) {
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows("eltwise-sum", "eltwise_sum_f32_reference", output);
  if (output.type == ElementType::kInt8) {
    prepare_sum_s8(prepared, operation, output.as<std::int8_t>(), context);
    return prepared;
  }
  const auto inputs = images_of<float>(operation.inputs, context);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    eltwise_sum_f32(inputs, output.as<float>(), operation, begin, end);
  };
  return prepared;
}

PreparedOperation prepare(const Eltwise& operation, const PreparationContext& context) {
  const BlobMemory output = context.memory(operation.output);
  if (output.type == ElementType::kInt8) {
    PreparedOperation prepared = by_rows("eltwise", "eltwise_max_s8_reference", output);
    const auto inputs = images_of<std::int8_t>(operation.inputs, context);
    prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
      eltwise_max_s8(operation, inputs, output.as<std::int8_t>(), begin, end);
    };
    return prepared;
  }
  PreparedOperation prepared = by_rows("eltwise", "eltwise_f32_reference", output);
  const auto inputs = images_of<float>(operation.inputs, context);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    eltwise_f32(operation, inputs, output.as<float>(), begin, end);
  };
  return prepared;
}

}  // namespace cortado
