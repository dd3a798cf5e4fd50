#include "package/read_golden.h"

#include <cmath>
#include <string>

#include "input.h"
#include "package/limits.h"
#include "package/read_operation.h"
#include "refusal.h"

namespace cortado {
namespace {

using DataList = flatbuffers::Vector<flatbuffers::Offset<format::TensorData>>;

GoldenType type_of(const format::TensorData& data) {
  switch (data.type()) {
    case format::DataType::UInt8:
      return GoldenType::kPixels;
    case format::DataType::Int8:
      return GoldenType::kInt8;
    case format::DataType::Float32:
      return GoldenType::kFloat32;
    default:
      refuse_unsupported("A golden blob is of a type that this agent does not know.");
  }
}

GoldenBlob read_blob(const format::TensorData& data, const Network& network) {
  const Blob& blob = network.blobs[data.tensor()];
  GoldenBlob golden{data.tensor(), type_of(data), span_of(data.data()), data.tolerance()};
  const std::size_t element = golden.type == GoldenType::kFloat32 ? 4 : 1;
  if (golden.bytes.size() != static_cast<std::size_t>(blob.extents.elements()) * element) {
    refuse_damaged("The golden bytes of blob \"" + std::string(blob.name) +
                   "\" are not as many as its shape needs.");
  }
  if (!(std::isfinite(golden.tolerance) && golden.tolerance >= 0)) {
    refuse_damaged("The tolerance of blob \"" + std::string(blob.name) + "\" is not a number.");
  }
  return golden;
}

// The entry for each of `blobs`, in their order.
std::vector<GoldenBlob> read_list(const DataList& list, const std::vector<BlobIndex>& blobs,
                                  const Network& network) {
  std::vector<GoldenBlob> result;
  for (const BlobIndex index : blobs) {
    const format::TensorData* found = nullptr;
    for (const auto* data : list) {
      if (data->tensor() == index) found = data;
    }
    if (found == nullptr) {
      refuse_damaged("Blob \"" + std::string(network.blobs[index].name) + "\" has no golden bytes.");
    }
    result.push_back(read_blob(*found, network));
  }
  return result;
}

}  // namespace

void read_goldens(const format::Package& package, Network& network) {
  for (const auto* table : *package.golden()) {
    // Bounds the search for each blob's entry; a builder writes one for each.
    if (table->inputs()->size() > network.inputs.size() ||
        table->outputs()->size() > network.outputs.size()) {
      refuse_damaged("A golden input has more blobs than the network has inputs and outputs.");
    }
    Golden golden;
    golden.inputs = read_list(*table->inputs(), network.inputs, network);
    golden.outputs = read_list(*table->outputs(), network.outputs, network);
    for (const GoldenBlob& input : golden.inputs) {
      if (input.type == GoldenType::kInt8)
        refuse_unsupported("A golden input is neither pixels nor float32.");
      if (input.type == GoldenType::kPixels && !takes_pixels(network, input.blob)) {
        refuse_damaged("The preprocessing does not fit the input \"" +
                       std::string(network.blobs[input.blob].name) + "\".");
      }
    }
    for (const GoldenBlob& output : golden.outputs) {
      const bool float_blob = network.blobs[output.blob].type == ElementType::kFloat32;
      if (output.type != (float_blob ? GoldenType::kFloat32 : GoldenType::kInt8)) {
        refuse_damaged("The golden bytes of blob \"" + std::string(network.blobs[output.blob].name) +
                       "\" are not of its type.");
      }
    }
    network.goldens.push_back(std::move(golden));
  }
  if (network.goldens.empty()) refuse_damaged("The package has no golden input.");
}

}  // namespace cortado
