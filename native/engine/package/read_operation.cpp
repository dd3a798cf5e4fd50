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
    case format::OperationBody::Unary:
      return read(*operation.body_as_Unary());
    case format::OperationBody::Eltwise:
      return read(*operation.body_as_Eltwise());
    case format::OperationBody::Broadcast:
      return read(*operation.body_as_Broadcast());
    case format::OperationBody::Permute:
      return read(*operation.body_as_Permute());
    case format::OperationBody::Crop:
      return read(*operation.body_as_Crop());
    case format::OperationBody::Tile:
      return read(*operation.body_as_Tile());
    case format::OperationBody::Upsample:
      return read(*operation.body_as_Upsample());
    case format::OperationBody::ShuffleChannel:
      return read(*operation.body_as_ShuffleChannel());
    case format::OperationBody::InsertZeros:
      return read(*operation.body_as_InsertZeros());
    case format::OperationBody::Interp:
      return read(*operation.body_as_Interp());
    case format::OperationBody::LocalResponse:
      return read(*operation.body_as_LocalResponse());
    case format::OperationBody::Normalize:
      return read(*operation.body_as_Normalize());
    case format::OperationBody::Reduction:
      return read(*operation.body_as_Reduction());
    case format::OperationBody::ArgMax:
      return read(*operation.body_as_ArgMax());
    case format::OperationBody::Constant:
      return read(*operation.body_as_Constant());
    case format::OperationBody::DetectionOutput:
      return read(*operation.body_as_DetectionOutput());
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

void OperationReader::require_same_extents(BlobIndex a, BlobIndex b) const {
  require(blob(a).extents == blob(b).extents, "the shapes of its blobs differ");
}

void OperationReader::require_move(BlobIndex input, BlobIndex output) const {
  require_type(input, blob(output).type);
  require(blob(input).shape.size() == blob(output).shape.size(), "its blobs have not as many axes");
}

std::vector<BlobIndex> OperationReader::equal_inputs(const flatbuffers::Vector<std::uint32_t>& list,
                                                     BlobIndex output) const {
  std::vector<BlobIndex> inputs = indices(list);
  for (const BlobIndex input : inputs) {
    require_same_extents(input, output);
    require_type(input, blob(output).type);
  }
  return inputs;
}

void OperationReader::require_bounds(int low, int high) const {
  require(kSmallestInt8 <= low && low <= high, "the bounds of its result are not in order");
}

void OperationReader::require_finite(Span<float> values, const char* what) const {
  const bool finite =
      std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  if (!finite) damaged(std::string("one of its ") + what + " is not finite");
}

void OperationReader::require_finite(double value, const char* what) const {
  if (!std::isfinite(value)) damaged(std::string("its ") + what + " is not finite");
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
  require(table->zero() != INT8_MIN, "its result's level of 0 is below -127");
  RequantisationS8 result{multiplier.data(), right.data(), left.data(),   nullptr,      nullptr,
                          nullptr,           table->low(), table->high(), table->zero()};

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

}  // namespace cortado
