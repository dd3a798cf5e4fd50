#include "kernels/reference/interp_f32.h"
#include "operations/by_rows.h"

namespace cortado {

PreparedOperation prepare(const Interp& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_rows("interp", "interp_f32_reference", output);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void*) {
    interp_f32(input.as<float>(), output.as<float>(), begin, end);
  };
  return prepared;
}

}  // namespace cortado
