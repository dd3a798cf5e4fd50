// Operations on each element by itself, or on elements at one place of several blobs.
#include <cstdlib>

#include "package/limits.h"
#include "package/read_operation.h"

namespace cortado {

EltwiseSum OperationReader::read(const format::EltwiseSum& table) const {
  EltwiseSum sum{};
  sum.output = index(table.output());
  sum.inputs = equal_inputs(*table.inputs(), sum.output);
  const Blob& output = blob(sum.output);
  if (output.type == ElementType::kInt8) {
    sum.multipliers = span_of(table.multipliers());
    sum.bias = table.bias();
    sum.shift = table.shift();
    sum.low = table.low();
    sum.high = table.high();
    require(sum.multipliers.size() == sum.inputs.size(), "it has not one multiplier per input");
    require(std::abs(std::int64_t{sum.bias}) < std::int64_t{1} << 29, "its bias is out of range");
    require(sum.shift <= 31, "its shift is out of range");
    require_bounds(sum.low, sum.high);
  } else {
    sum.coefficients = span_of(table.coefficients());
    require(sum.coefficients.size() == sum.inputs.size(), "it has not one coefficient per input");
    require_finite(sum.coefficients, "coefficients");
    sum.activation = activation(table.activation(), output.extents.channels);
  }
  return sum;
}

Eltwise OperationReader::read(const format::Eltwise& table) const {
  Eltwise eltwise{};
  eltwise.output = index(table.output());
  eltwise.inputs = equal_inputs(*table.inputs(), eltwise.output);
  switch (table.function()) {
    case format::EltwiseFunction::Product:
      eltwise.function = EltwiseFunction::kProduct;
      break;
    case format::EltwiseFunction::Max:
      eltwise.function = EltwiseFunction::kMax;
      break;
    default:
      unsupported("its function is not known to this agent");
  }
  const Blob& output = blob(eltwise.output);
  if (output.type == ElementType::kFloat32) {
    eltwise.activation = activation(table.activation(), output.extents.channels);
    return eltwise;
  }
  if (eltwise.function != EltwiseFunction::kMax) unsupported("a product of int8 is not known to this agent");
  eltwise.low = table.low();
  eltwise.high = table.high();
  require_bounds(eltwise.low, eltwise.high);
  return eltwise;
}

ActivationOperation OperationReader::read(const format::ActivationOp& table) const {
  ActivationOperation op{};
  op.input = index(table.input());
  op.output = index(table.output());
  const Blob& output = blob(op.output);
  require_same_extents(op.input, op.output);
  require_type(op.input, output.type);
  if (output.type == ElementType::kFloat32) {
    op.activation = activation(table.activation(), output.extents.channels);
    return op;
  }
  op.requantised = table.requantisation() != nullptr;
  if (op.requantised) {
    op.per_channel = table.requantisation()->multiplier()->size() != 1;
    op.requantisation = requantisation(
        table.requantisation(), op.per_channel ? static_cast<std::size_t>(output.extents.channels) : 1);
  } else {
    op.low = table.low();
    op.high = table.high();
    require_bounds(op.low, op.high);
  }
  return op;
}

Affine OperationReader::read(const format::Affine& table) const {
  Affine affine{};
  affine.input = index(table.input());
  affine.output = index(table.output());
  affine.scale = span_of(table.scale());
  affine.shift = span_of(table.shift());
  const Extents& extents = blob(affine.output).extents;
  const auto channels = static_cast<std::size_t>(extents.channels);
  require_float(affine.input, affine.output);
  require_same_extents(affine.input, affine.output);
  require(affine.scale.size() == channels && affine.shift.size() == channels,
          "it has not one scale and shift per channel");
  require_finite(affine.scale, "scales");
  require_finite(affine.shift, "shifts");
  affine.activation = activation(table.activation(), extents.channels);
  return affine;
}

Quantize OperationReader::read(const format::Quantize& table) const {
  const Quantize quantize{index(table.input()), index(table.output())};
  require_type(quantize.input, ElementType::kFloat32);
  require_type(quantize.output, ElementType::kInt8);
  require_same_extents(quantize.input, quantize.output);
  return quantize;
}

Dequantize OperationReader::read(const format::Dequantize& table) const {
  const Dequantize dequantize{index(table.input()), index(table.output()), table.factor()};
  require_type(dequantize.input, ElementType::kInt8);
  require_type(dequantize.output, ElementType::kFloat32);
  require_same_extents(dequantize.input, dequantize.output);
  require_finite(static_cast<double>(dequantize.factor), "factor");
  return dequantize;
}

Unary OperationReader::read(const format::Unary& table) const {
  Unary unary{
      index(table.input()), index(table.output()), UnaryFunction::kAbs, table.a(), table.b(), table.c()};
  require_float(unary.input, unary.output);
  require_same_extents(unary.input, unary.output);
  if (table.function() > format::UnaryFunction::MAX) unsupported("its function is not known to this agent");
  // The numbers of the functions are the package's.
  unary.function = static_cast<UnaryFunction>(table.function());
  for (const double parameter : {unary.a, unary.b, unary.c}) require_finite(parameter, "parameter");
  return unary;
}

Broadcast OperationReader::read(const format::Broadcast& table) const {
  Broadcast broadcast{index(table.input()), index(table.operand()), index(table.output()),
                      BroadcastFunction::kMultiply};
  require_float(broadcast.input, broadcast.output);
  require_type(broadcast.operand, ElementType::kFloat32);
  require_same_extents(broadcast.input, broadcast.output);
  for (const auto axis : kAxes) {
    const std::int32_t extent = blob(broadcast.operand).extents.*axis;
    require(extent == 1 || extent == blob(broadcast.input).extents.*axis,
            "the shape of its operand does not fit its input");
  }
  if (table.function() > format::BroadcastFunction::MAX)
    unsupported("its function is not known to this agent");
  if (table.function() == format::BroadcastFunction::Add) broadcast.function = BroadcastFunction::kAdd;
  return broadcast;
}

}  // namespace cortado
