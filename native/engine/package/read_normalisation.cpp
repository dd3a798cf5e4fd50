// Operations in float that look at several elements of one blob.
#include "package/limits.h"
#include "package/read_operation.h"

namespace cortado {

Softmax OperationReader::read(const format::Softmax& table) const {
  Softmax softmax{};
  softmax.input = index(table.input());
  softmax.output = index(table.output());
  require_float(softmax.input, softmax.output);
  require_same_extents(softmax.input, softmax.output);
  require(table.axis() < blob(softmax.input).shape.size(), "its axis is out of range");
  softmax.axis = static_cast<std::int32_t>(table.axis());
  return softmax;
}

Interp OperationReader::read(const format::Interp& table) const {
  const Interp interp{index(table.input()), index(table.output())};
  require_float(interp.input, interp.output);
  const Extents& input = blob(interp.input).extents;
  const Extents& output = blob(interp.output).extents;
  require(input.batch == output.batch && input.channels == output.channels,
          "the batches or channels of its blobs differ");
  return interp;
}

LocalResponse OperationReader::read(const format::LocalResponse& table) const {
  LocalResponse response{index(table.input()), index(table.output()), 1,        table.within(),
                         table.factor(),       table.beta(),          table.k()};
  require_float(response.input, response.output);
  require_same_extents(response.input, response.output);
  require(table.size() % 2 == 1 && table.size() <= kMaxWindowParameter, "its size is out of range");
  response.size = static_cast<std::int32_t>(table.size());
  for (const double parameter : {response.factor, response.beta, response.k})
    require_finite(parameter, "parameter");
  return response;
}

Normalize OperationReader::read(const format::Normalize& table) const {
  const Normalize normalize{index(table.input()), index(table.output()), table.across_spatial(), table.eps(),
                            span_of(table.scale())};
  require_float(normalize.input, normalize.output);
  require_same_extents(normalize.input, normalize.output);
  const auto channels = static_cast<std::size_t>(blob(normalize.output).extents.channels);
  require(normalize.scale.size() == 1 || normalize.scale.size() == channels,
          "it has neither one scale nor one per channel");
  require_finite(normalize.scale, "scales");
  require_finite(normalize.eps, "eps");
  return normalize;
}

Reduction OperationReader::read(const format::Reduction& table) const {
  Reduction reduction{index(table.input()), index(table.output()), ReductionFunction::kSum, table.factor()};
  require_float(reduction.input, reduction.output);
  require(blob(reduction.input).extents.elements() % blob(reduction.output).extents.elements() == 0,
          "its input does not divide among the elements of its output");
  if (table.function() > format::ReductionFunction::MAX)
    unsupported("its function is not known to this agent");
  // The numbers of the functions are the package's.
  reduction.function = static_cast<ReductionFunction>(table.function());
  require_finite(reduction.factor, "factor");
  return reduction;
}

ArgMax OperationReader::read(const format::ArgMax& table) const {
  ArgMax arg_max{index(table.input()), index(table.output()), 0, table.indices()};
  require_float(arg_max.input, arg_max.output);
  require(table.axis() < blob(arg_max.input).shape.size(), "its axis is out of range");
  arg_max.axis = static_cast<std::int32_t>(table.axis());
  std::int32_t Extents::*const along = kAxes[arg_max.axis];
  const Extents& input = blob(arg_max.input).extents;
  Extents rest = blob(arg_max.output).extents;
  require(rest.*along <= input.*along, "it asks for more values than there are");
  rest.*along = input.*along;
  require(rest == input, "the shapes of its blobs do not fit");
  return arg_max;
}

}  // namespace cortado
