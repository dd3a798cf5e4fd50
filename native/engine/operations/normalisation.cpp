// Operations that divide by a norm, and sums.
#include "kernels/reference/local_response_f32.h"
#include "kernels/reference/normalize_f32.h"
#include "kernels/reference/reduction_f32.h"
#include "operations/by_rows.h"

namespace cortado {

PreparedOperation prepare(const LocalResponse& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows("local-response", "local_response_f32_reference", output);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    local_response_f32(operation, input.as<float>(), output.as<float>(), begin, end);
  };
  return prepared;
}

PreparedOperation prepare(const Normalize& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows("normalize", "normalize_pixels_f32_reference", output);
  auto normalize = normalize_pixels_f32;
  if (operation.across_spatial) {
    prepared.kernel = "normalize_samples_f32_reference";
    prepared.work_items = output.extents.batch;
    normalize = normalize_samples_f32;
  }
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    normalize(operation, input.as<float>(), output.as<float>(), begin, end);
  };
  return prepared;
}

PreparedOperation prepare(const Reduction& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows("reduction", "reduction_f32_reference", output);
  prepared.work_items = 1;
  prepared.run = [=](std::int32_t, std::int32_t, void*) {
    reduction_f32(operation, input.as<float>(), output.as<float>());
  };
  return prepared;
}

}  // namespace cortado
