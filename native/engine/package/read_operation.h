// From an operation's table to a value whose every index, extent and length was checked against the blobs.
#pragma once

#include <string>
#include <vector>

#include "network.h"
#include "package_generated.h"

namespace cortado {

// What the checks of one operation have in common: the blobs, and the layer that messages name.
class OperationReader {
 public:
  OperationReader(const std::vector<Blob>& blobs, std::string_view layer) : blobs_(blobs), layer_(layer) {}

  OperationBody read(const format::Operation& operation) const;

 private:
  Convolution read(const format::Convolution& table) const;
  Pooling read(const format::Pooling& table) const;
  EltwiseSum read(const format::EltwiseSum& table) const;
  Concat read(const format::Concat& table) const;
  ActivationOperation read(const format::ActivationOp& table) const;
  Affine read(const format::Affine& table) const;
  Softmax read(const format::Softmax& table) const;
  Reshape read(const format::Reshape& table) const;
  Quantize read(const format::Quantize& table) const;
  Dequantize read(const format::Dequantize& table) const;
  Unary read(const format::Unary& table) const;
  Eltwise read(const format::Eltwise& table) const;
  Broadcast read(const format::Broadcast& table) const;
  Permute read(const format::Permute& table) const;
  Crop read(const format::Crop& table) const;
  Tile read(const format::Tile& table) const;
  Upsample read(const format::Upsample& table) const;
  ShuffleChannel read(const format::ShuffleChannel& table) const;
  InsertZeros read(const format::InsertZeros& table) const;
  Interp read(const format::Interp& table) const;
  LocalResponse read(const format::LocalResponse& table) const;
  Normalize read(const format::Normalize& table) const;
  Reduction read(const format::Reduction& table) const;
  ArgMax read(const format::ArgMax& table) const;
  Constant read(const format::Constant& table) const;
  DetectionOutput read(const format::DetectionOutput& table) const;

  [[noreturn]] void damaged(const std::string& what) const;
  [[noreturn]] void unsupported(const std::string& what) const;
  void require(bool condition, const char* what) const {
    if (!condition) damaged(what);
  }

  BlobIndex index(std::uint32_t value) const;
  const Blob& blob(BlobIndex index) const { return blobs_[index]; }
  std::vector<BlobIndex> indices(const flatbuffers::Vector<std::uint32_t>& list) const;
  // Throws where a blob is not of the type.
  void require_type(BlobIndex index, ElementType type) const;
  void require_same_extents(BlobIndex a, BlobIndex b) const;
  void require_float(BlobIndex input, BlobIndex output) const {
    require_type(input, ElementType::kFloat32);
    require_type(output, ElementType::kFloat32);
  }
  // The operation moves elements of one type between blobs of as many axes.
  void require_move(BlobIndex input, BlobIndex output) const;
  void require_bounds(int low, int high) const;
  void require_finite(Span<float> values, const char* what) const;
  void require_finite(double value, const char* what) const;
  std::vector<BlobIndex> equal_inputs(const flatbuffers::Vector<std::uint32_t>& list, BlobIndex output) const;
  Activation activation(const format::Activation* table, std::int32_t channels) const;
  RequantisationS8 requantisation(const format::Requantisation* table, std::size_t entries) const;

  // Convolution's parts (read_convolution.cpp).
  void check_int8_convolution(const format::Convolution& table, Convolution& convolution) const;
  void check_float_convolution(const format::Convolution& table, Convolution& convolution) const;
  void check_sums(const Convolution& convolution) const;

  const std::vector<Blob>& blobs_;
  std::string_view layer_;
};

template <typename T>
Span<T> span_of(const flatbuffers::Vector<T>* list) {
  return list == nullptr ? Span<T>() : Span<T>(list->data(), list->size());
}

}  // namespace cortado
