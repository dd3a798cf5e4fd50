#include "package/read_operation.h"

#include <algorithm>
#include <cmath>

#include "package/limits.h"
#include "refusal.h"

namespace cortado {

void OperationReader::damaged(const std::string& what) const {
  refuse_damaged("Layer \"" + std::string(layer_) + "\": " + what + ".");
}

void OperationReader::unsupported(const std::string& what) const {
  refuse_unsupported("Layer \"" + std::string(layer_) + "\": " + what + ".");
}

OperationBody OperationReader::read(const format::Operation& operation) const {
  switch (operation.body_type()) {
    case format::OperationBody::Convolution:
      return read(*operation.body_as_Convolution());
    case format::OperationBody::Pooling:
      return read(*operation.body_as_Pooling());
    case format::OperationBody::EltwiseSum:
      return read(*operation.body_as_EltwiseSum());
    case format::OperationBody::Concat:
      return read(*operation.body_as_Concat());
    case format::OperationBody::ActivationOp:
      return read(*operation.body_as_ActivationOp());
    case format::OperationBody::Affine:
      return read(*operation.body_as_Affine());
    case format::OperationBody::Softmax:
      return read(*operation.body_as_Softmax());
    case format::OperationBody::Reshape:
      return read(*operation.body_as_Reshape());
    case format::OperationBody::Quantize:
      return read(*operation.body_as_Quantize());
    case format::OperationBody::Dequantize:
      return read(*operation.body_as_Dequantize());
    case format::OperationBody::NONE:
      break;
  }
  unsupported("an operation of kind " + std::to_string(static_cast<int>(operation.body_type())) +
              " is not known to this agent");
}

BlobIndex OperationReader::index(std::uint32_t value) const {
  if (value >= blobs_.size()) damaged("it names blob " + std::to_string(value) + ", which does not exist");
  return value;
}

std::vector<BlobIndex> OperationReader::indices(const flatbuffers::Vector<std::uint32_t>& list) const {
  if (list.size() == 0 || list.size() > kMaxSummands) {
    damaged("it has " + std::to_string(list.size()) + " inputs");
  }
  std::vector<BlobIndex> result;
  for (const std::uint32_t value : list) result.push_back(index(value));
  return result;
}

void OperationReader::require_type(BlobIndex index, ElementType type) const {
  if (blob(index).type != type) {
    damaged("blob \"" + std::string(blob(index).name) + "\" is not of type " +
            (type == ElementType::kInt8 ? "int8" : "float32"));
  }
}

void OperationReader::require_bounds(int low, int high) const {
  require(kSmallestInt8 <= low && low <= high, "the bounds of its result are not in order");
}

void OperationReader::require_finite(Span<float> values, const char* what) const {
  const bool finite =
      std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  if (!finite) damaged(std::string("one of its ") + what + " is not finite");
}

Activation OperationReader::activation(const format::Activation* table, std::int32_t channels) const {
  Activation result;
  if (table == nullptr) return result;
  switch (table->kind()) {
    case format::ActivationKind::None:
      return result;
    case format::ActivationKind::ReLU:
      result.kind = ActivationKind::kRelu;
      return result;
    case format::ActivationKind::ReLU6:
      result.kind = ActivationKind::kRelu6;
      return result;
    case format::ActivationKind::Leaky:
      result.kind = ActivationKind::kLeaky;
      result.slopes = span_of(table->slopes());
      require(result.slopes.size() == 1 || result.slopes.size() == static_cast<std::size_t>(channels),
              "it has neither one slope nor one per channel");
      require_finite(result.slopes, "slopes");
      return result;
  }
  unsupported("an activation of kind " + std::to_string(static_cast<int>(table->kind())) +
              " is not known to this agent");
}

RequantisationS8 OperationReader::requantisation(const format::Requantisation* table,
                                                 std::size_t entries) const {
  if (table == nullptr) damaged("it has no requantisation");
  const auto multiplier = span_of(table->multiplier());
  const auto right = span_of(table->right_shift());
  const auto left = span_of(table->left_shift());
  require(multiplier.size() == entries && right.size() == entries && left.size() == entries,
          "its requantisation has not one entry per channel");
  const auto shifts_fit = [](unsigned s, unsigned l) { return s <= 31 && l <= 31 && (l == 0 || s == 0); };
  for (std::size_t i = 0; i < entries; ++i) {
    require(multiplier[i] >= 1 << 14 && multiplier[i] < 1 << 15, "a multiplier is out of range");
    require(shifts_fit(right[i], left[i]), "a shift is out of range");
  }
  require_bounds(table->low(), table->high());
  RequantisationS8 result{multiplier.data(), right.data(), left.data(),  nullptr,
                          nullptr,           nullptr,      table->low(), table->high()};

  const auto negative = span_of(table->negative_multiplier());
  if (negative.empty()) return result;
  const auto negative_right = span_of(table->negative_right_shift());
  const auto negative_left = span_of(table->negative_left_shift());
  require(negative.size() == entries && negative_right.size() == entries && negative_left.size() == entries,
          "its requantisation of negative sums has not one entry per channel");
  for (std::size_t i = 0; i < entries; ++i) {
    require(negative[i] != INT16_MIN, "a multiplier of negative sums is out of range");
    require(shifts_fit(negative_right[i], negative_left[i]), "a shift of negative sums is out of range");
  }
  result.negative_multiplier = negative.data();
  result.negative_right_shift = negative_right.data();
  result.negative_left_shift = negative_left.data();
  return result;
}

EltwiseSum OperationReader::read(const format::EltwiseSum& table) const {
  EltwiseSum sum{};
  sum.inputs = indices(*table.inputs());
  sum.output = index(table.output());
  const Blob& output = blob(sum.output);
  for (const BlobIndex input : sum.inputs) {
    require(blob(input).extents == output.extents, "the shapes of its blobs differ");
    require_type(input, output.type);
  }
  if (output.type == ElementType::kInt8) {
    sum.multipliers = span_of(table.multipliers());
    sum.shift = table.shift();
    sum.low = table.low();
    sum.high = table.high();
    require(sum.multipliers.size() == sum.inputs.size(), "it has not one multiplier per input");
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

Concat OperationReader::read(const format::Concat& table) const {
  Concat concat{};
  concat.inputs = indices(*table.inputs());
  concat.output = index(table.output());
  const Blob& output = blob(concat.output);
  require(table.axis() < output.shape.size(), "its axis is out of range");
  concat.axis = static_cast<std::int32_t>(table.axis());
  std::int32_t Extents::*const members[] = {&Extents::batch, &Extents::channels, &Extents::height,
                                            &Extents::width};
  std::int32_t Extents::*const along = members[concat.axis];
  std::int64_t total = 0;
  for (const BlobIndex input : concat.inputs) {
    require_type(input, output.type);
    Extents extents = blob(input).extents;
    total += extents.*along;
    extents.*along = output.extents.*along;
    require(extents == output.extents, "the shapes of its inputs do not fit its output");
  }
  require(total == output.extents.*along, "its inputs do not fill its output");
  return concat;
}

ActivationOperation OperationReader::read(const format::ActivationOp& table) const {
  ActivationOperation op{};
  op.input = index(table.input());
  op.output = index(table.output());
  const Blob& output = blob(op.output);
  require(blob(op.input).extents == output.extents, "the shapes of its blobs differ");
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
  require_type(affine.input, ElementType::kFloat32);
  require_type(affine.output, ElementType::kFloat32);
  require(blob(affine.input).extents == extents, "the shapes of its blobs differ");
  require(affine.scale.size() == channels && affine.shift.size() == channels,
          "it has not one scale and shift per channel");
  require_finite(affine.scale, "scales");
  require_finite(affine.shift, "shifts");
  affine.activation = activation(table.activation(), extents.channels);
  return affine;
}

Softmax OperationReader::read(const format::Softmax& table) const {
  Softmax softmax{};
  softmax.input = index(table.input());
  softmax.output = index(table.output());
  require_type(softmax.input, ElementType::kFloat32);
  require_type(softmax.output, ElementType::kFloat32);
  require(blob(softmax.input).extents == blob(softmax.output).extents, "the shapes of its blobs differ");
  require(table.axis() < blob(softmax.input).shape.size(), "its axis is out of range");
  softmax.axis = static_cast<std::int32_t>(table.axis());
  return softmax;
}

Reshape OperationReader::read(const format::Reshape& table) const {
  const Reshape reshape{index(table.input()), index(table.output())};
  require_type(reshape.input, blob(reshape.output).type);
  require(blob(reshape.input).extents.elements() == blob(reshape.output).extents.elements(),
          "its blobs have not the same number of elements");
  return reshape;
}

Quantize OperationReader::read(const format::Quantize& table) const {
  const Quantize quantize{index(table.input()), index(table.output())};
  require_type(quantize.input, ElementType::kFloat32);
  require_type(quantize.output, ElementType::kInt8);
  require(blob(quantize.input).extents == blob(quantize.output).extents, "the shapes of its blobs differ");
  return quantize;
}

Dequantize OperationReader::read(const format::Dequantize& table) const {
  const Dequantize dequantize{index(table.input()), index(table.output()), table.factor()};
  require_type(dequantize.input, ElementType::kInt8);
  require_type(dequantize.output, ElementType::kFloat32);
  require(blob(dequantize.input).extents == blob(dequantize.output).extents,
          "the shapes of its blobs differ");
  require(std::isfinite(dequantize.factor), "its factor is not finite");
  return dequantize;
}

}  // namespace cortado
