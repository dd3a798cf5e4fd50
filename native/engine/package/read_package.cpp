#include <algorithm>
#include <cmath>

#include "package/limits.h"
#include "package/package.h"
#include "package/read_accelerator.h"
#include "package/read_golden.h"
#include "package/read_operation.h"
#include "package/verify.h"
#include "refusal.h"

namespace cortado {
namespace {

std::string_view text_of(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view() : std::string_view(text->c_str(), text->size());
}

std::string_view name_of(const flatbuffers::String* text, const char* what) {
  const std::string_view name = text_of(text);
  if (name.size() > kMaxNameLength) {
    refuse_damaged("The name of " + std::string(what) + " has " + std::to_string(name.size()) + " bytes.");
  }
  return name;
}

void check_target(const format::Fingerprint& fingerprint, const std::vector<std::string>& cpu_features) {
  const std::string target(name_of(fingerprint.target(), "the target"));
  if (target != "neon" && target != "fpga") {
    throw Refusal{
        "package.target",
        "The package was built for the target \"" + target + "\", this agent runs \"neon\" and \"fpga\".",
        "Build the package for this board: cortado build neon."};
  }
  if (fingerprint.cpu_features() == nullptr) return;
  for (const auto* feature : *fingerprint.cpu_features()) {
    const std::string name(name_of(feature, "a CPU feature"));
    if (std::find(cpu_features.begin(), cpu_features.end(), name) == cpu_features.end()) {
      throw Refusal{"package.cpu",
                    "The package needs the CPU feature " + name + ", which this board does not have.",
                    "Build the package without it, or choose another board."};
    }
  }
}

Fingerprint read_fingerprint(const format::Fingerprint& table) {
  Fingerprint fingerprint;
  fingerprint.builder = name_of(table.builder(), "the builder");
  fingerprint.target = name_of(table.target(), "the target");
  fingerprint.precision = name_of(table.precision(), "the precision");
  fingerprint.model_sha256 = name_of(table.model_sha256(), "the model's hash");
  if (table.table_sha256() != nullptr)
    fingerprint.table_sha256 = name_of(table.table_sha256(), "the table's hash");
  if (table.bitstream() != nullptr) fingerprint.bitstream = name_of(table.bitstream(), "the bitstream");
  fingerprint.memory = table.memory();
  return fingerprint;
}

Blob read_blob(const format::Tensor& tensor) {
  Blob blob;
  blob.name = name_of(tensor.name(), "a blob");
  const auto refuse = [&](const std::string& what) {
    refuse_damaged("Blob \"" + std::string(blob.name) + "\" " + what + ".");
  };
  if (tensor.type() == format::DataType::Int8) {
    blob.type = ElementType::kInt8;
  } else if (tensor.type() == format::DataType::Float32) {
    blob.type = ElementType::kFloat32;
  } else {
    refuse_unsupported("Blob \"" + std::string(blob.name) +
                       "\" is of a type that this agent does not compute in.");
  }

  const auto shape = span_of(tensor.shape());
  if (shape.empty()) refuse("has no shape");
  if (shape.size() > kMaxRank) {
    refuse_unsupported("Blob \"" + std::string(blob.name) + "\" has " + std::to_string(shape.size()) +
                       " axes, this agent computes with up to 4.");
  }
  std::uint64_t extents[kMaxRank] = {1, 1, 1, 1};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 || shape[i] > kMaxExtent) refuse("has an extent of " + std::to_string(shape[i]));
    extents[i] = shape[i];
    blob.shape.push_back(static_cast<std::int32_t>(shape[i]));
  }
  // Four bytes an element whatever the type: a blob can always be held as float.
  if (bounded_product({extents[0], extents[1], extents[2], extents[3], 4}, kMaxBlobBytes) > kMaxBlobBytes) {
    refuse("is larger than 2 GiB");
  }
  blob.extents = {static_cast<std::int32_t>(extents[0]), static_cast<std::int32_t>(extents[1]),
                  static_cast<std::int32_t>(extents[2]), static_cast<std::int32_t>(extents[3])};

  blob.scale = tensor.scale();
  if (blob.type == ElementType::kInt8 && !(std::isfinite(blob.scale) && blob.scale > 0)) {
    refuse("has no positive scale");
  }
  if (tensor.has_check() && blob.type == ElementType::kInt8) blob.check = tensor.check();
  return blob;
}

std::vector<BlobIndex> read_ends(const flatbuffers::Vector<std::uint32_t>& list, std::size_t blobs,
                                 const char* what) {
  if (list.size() == 0 || list.size() > kMaxBlobs) {
    refuse_damaged("The network has " + std::to_string(list.size()) + " " + what + "s.");
  }
  std::vector<BlobIndex> result;
  for (const std::uint32_t index : list) {
    if (index >= blobs) {
      refuse_damaged("An " + std::string(what) + " is blob " + std::to_string(index) +
                     ", which does not exist.");
    }
    result.push_back(index);
  }
  return result;
}

// Each blob is written once, and before it is read.
void check_order(const Network& network) {
  std::vector<bool> written(network.blobs.size(), false);
  const auto write = [&](BlobIndex index) {
    if (written[index])
      refuse_damaged("Blob \"" + std::string(network.blobs[index].name) + "\" is written twice.");
    written[index] = true;
  };
  for (const BlobIndex input : network.inputs) write(input);
  for (const Operation& operation : network.operations) {
    for (const BlobIndex input : inputs_of(operation)) {
      if (!written[input]) {
        refuse_damaged("Layer \"" + std::string(operation.layer) + "\" reads blob \"" +
                       std::string(network.blobs[input].name) + "\" before it is written.");
      }
    }
    write(output_of(operation));
  }
  for (const BlobIndex output : network.outputs) {
    if (!written[output]) {
      refuse_damaged("The output \"" + std::string(network.blobs[output].name) + "\" is never written.");
    }
  }
}

Preprocessing read_preprocessing(const format::Preprocessing& table) {
  Preprocessing preprocessing;
  preprocessing.norm = table.norm();
  preprocessing.mean = span_of(table.mean());
  preprocessing.mean_image = span_of(table.mean_image());
  preprocessing.table = span_of(table.table());
  const auto& pixels = preprocessing.table;
  if (std::find(pixels.begin(), pixels.end(), INT8_MIN) != pixels.end()) {
    refuse_damaged("The table of the preprocessing has a value below -127.");
  }
  return preprocessing;
}

}  // namespace

Network read_package(const std::uint8_t* bytes, std::size_t size,
                     const std::vector<std::string>& cpu_features) {
  const format::Package& package = verify_package(bytes, size);
  check_target(*package.fingerprint(), cpu_features);

  Network network;
  network.name = name_of(package.name(), "the network");
  network.fingerprint = read_fingerprint(*package.fingerprint());
  network.macs = package.macs();

  if (package.tensors()->size() > kMaxBlobs) refuse_damaged("The package has too many blobs.");
  for (const auto* tensor : *package.tensors()) network.blobs.push_back(read_blob(*tensor));
  network.inputs = read_ends(*package.inputs(), network.blobs.size(), "input");
  network.outputs = read_ends(*package.outputs(), network.blobs.size(), "output");

  if (package.operations()->size() > kMaxOperations) refuse_damaged("The package has too many operations.");
  for (const auto* operation : *package.operations()) {
    const std::string_view layer = name_of(operation->layer(), "a layer");
    network.operations.push_back({layer, OperationReader(network.blobs, layer).read(*operation)});
  }
  check_order(network);

  network.preprocessing = read_preprocessing(*package.preprocessing());
  if (package.labels() != nullptr) {
    for (const auto* label : *package.labels()) network.labels.push_back(name_of(label, "a label"));
  }
  read_goldens(package, network);
  if ((network.fingerprint.target == "fpga") != (package.accelerator() != nullptr)) {
    refuse_damaged("The package's target and its content differ.");
  }
  if (package.accelerator() != nullptr)
    network.accelerator = read_accelerator(*package.accelerator(), network);
  return network;
}

}  // namespace cortado
