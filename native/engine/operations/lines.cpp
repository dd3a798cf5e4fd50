// Operations along one axis.
#include "kernels/reference/lines.h"

#include "kernels/reference/arg_max_f32.h"
#include "kernels/reference/softmax_f32.h"
#include "prepared_operation.h"

namespace cortado {
namespace {

// Its pieces are the rows of lines; `scratch` has a value for each element of a line.
template <typename Value>
PreparedOperation by_lines(const char* kind, const char* kernel, const BlobMemory& input, std::int32_t axis) {
  const Extents lines = lines_along(input.extents, axis);
  PreparedOperation prepared;
  prepared.kind = kind;
  prepared.kernel = kernel;
  prepared.work_items = lines.batch * lines.height;
  prepared.scratch_bytes = static_cast<std::size_t>(input.extents.*kAxes[axis]) * sizeof(Value);
  return prepared;
}

}  // namespace

PreparedOperation prepare(const Softmax& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared = by_lines<double>("softmax", "softmax_f32_reference", input, operation.axis);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void* scratch) {
    softmax_f32(input.as<float>(), output.as<float>(), operation.axis, begin, end,
                static_cast<double*>(scratch));
  };
  return prepared;
}

PreparedOperation prepare(const ArgMax& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  PreparedOperation prepared =
      by_lines<std::int32_t>("arg-max", "arg_max_f32_reference", input, operation.axis);
  prepared.run = [=](std::int32_t begin, std::int32_t end, void* scratch) {
    arg_max_f32(operation, input.as<float>(), output.as<float>(), begin, end,
                static_cast<std::int32_t*>(scratch));
  };
  return prepared;
}

}  // namespace cortado
