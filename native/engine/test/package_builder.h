// Packages for the tests, small and valid unless a test makes them otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "network.h"
#include "package/package.h"
#include "package_generated.h"

namespace cortado::test {

// Bytes at an address that is a multiple of 16, as a mapped file's are. Not one byte more is allocated, so
// that a sanitizer sees a step over the end.
class AlignedBytes {
 public:
  AlignedBytes(const std::uint8_t* bytes, std::size_t size);
  explicit AlignedBytes(const std::vector<std::uint8_t>& bytes) : AlignedBytes(bytes.data(), bytes.size()) {}
  AlignedBytes(const AlignedBytes& other) : AlignedBytes(other.data(), other.size()) {}
  AlignedBytes& operator=(const AlignedBytes&) = delete;

  std::uint8_t* data() { return data_.get(); }
  const std::uint8_t* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::align_val_t kAlignment{16};
  struct Delete {
    void operator()(std::uint8_t* data) const { ::operator delete(data, kAlignment); }
  };

  std::unique_ptr<std::uint8_t, Delete> data_;
  std::size_t size_;
};

// Writes the checksum that the bytes want, where they have a place for one.
void patch_checksum(std::uint8_t* bytes, std::size_t size);

struct RequantisationLists {
  std::vector<std::uint16_t> multiplier;
  std::vector<std::uint8_t> right_shift, left_shift;
  std::int8_t low = -127, high = 127;
  std::vector<std::int16_t> negative_multiplier;
  std::vector<std::uint8_t> negative_right_shift, negative_left_shift;
  std::int8_t zero = 0;
};

struct ActivationSpec {
  format::ActivationKind kind = format::ActivationKind::None;
  std::vector<float> slopes;
};

struct AcceleratorSpec {
  struct Blob {
    BlobIndex tensor;
    format::BlobFormat format;
    std::uint32_t offset;
    std::vector<std::uint32_t> layout;
  };
  struct Stamp {
    std::uint32_t operation, index;
  };
  struct Run {
    std::uint32_t first = 0, operations = 0;
    std::vector<std::uint8_t> program;
    std::vector<std::uint32_t> inputs, outputs;
    std::vector<Stamp> stamps;
    std::uint64_t estimated_cycles = 1000;
  };
  std::string part = "xc7z020";
  std::uint32_t config = 0x34400800, fingerprint = 0x12345678;
  std::uint64_t clock_hz = 100000000, memory_bytes_per_second = 1500000000;
  std::vector<std::uint8_t> constants;
  std::uint32_t blob_bytes = 0, stamp_bytes = 0;
  std::vector<Blob> blobs;
  std::vector<Run> runs;
};

class PackageBuilder {
 public:
  // What the fingerprint and the frame say; changed by tests of refusals.
  std::uint32_t format_version = kFormatVersion;
  std::string target = "neon";
  std::vector<std::string> cpu_features;
  std::uint64_t memory = 0;
  std::vector<std::string> labels;
  std::vector<float> mean, mean_image;
  float norm = 1;
  std::vector<std::int8_t> pixel_table;
  std::optional<AcceleratorSpec> accelerator;

  BlobIndex blob(const std::string& name, format::DataType type, const std::vector<std::uint32_t>& shape,
                 float scale = 0);
  void set_check(BlobIndex blob, std::uint32_t crc32);

  // Weights are bytes of int8, float32 or float16. Either bias, requantisation or factors stay empty where
  // they do not apply.
  struct ConvolutionSpec {
    BlobIndex input, output;
    Window window;
    std::uint32_t group = 1;
    format::DataType weight_type = format::DataType::Int8;
    std::vector<std::uint8_t> weights;
    std::vector<std::int32_t> bias32;
    std::vector<float> bias_float;
    RequantisationLists requantisation;
    std::vector<float> output_factor;
    ActivationSpec activation;
    std::int8_t pad_level = 0;
  };
  void convolution(const std::string& layer, const ConvolutionSpec& spec);

  struct PoolingSpec {
    BlobIndex input, output;
    format::PoolingMethod method;
    Window window;
    std::vector<std::uint32_t> divisors;
    RequantisationLists requantisation;
    std::vector<float> output_factor;
    ActivationSpec activation;
  };
  void pooling(const std::string& layer, const PoolingSpec& spec);

  struct EltwiseSpec {
    std::vector<BlobIndex> inputs;
    BlobIndex output;
    std::vector<float> coefficients;
    std::vector<std::int16_t> multipliers;
    std::int32_t bias = 0;
    std::uint8_t shift = 0;
    std::int8_t low = -127, high = 127;
    ActivationSpec activation;
  };
  void eltwise_sum(const std::string& layer, const EltwiseSpec& spec);

  void concat(const std::string& layer, const std::vector<BlobIndex>& inputs, BlobIndex output,
              std::uint32_t axis);
  void clamp(const std::string& layer, BlobIndex input, BlobIndex output, std::int8_t low, std::int8_t high);
  void requantise(const std::string& layer, BlobIndex input, BlobIndex output,
                  const RequantisationLists& lists);
  void activation(const std::string& layer, BlobIndex input, BlobIndex output, const ActivationSpec& spec);
  void affine(const std::string& layer, BlobIndex input, BlobIndex output, const std::vector<float>& scale,
              const std::vector<float>& shift, const ActivationSpec& spec);
  void softmax(const std::string& layer, BlobIndex input, BlobIndex output, std::uint32_t axis);
  void reshape(const std::string& layer, BlobIndex input, BlobIndex output);
  void quantize(const std::string& layer, BlobIndex input, BlobIndex output);
  void dequantize(const std::string& layer, BlobIndex input, BlobIndex output, float factor);

  // An operation whose table the caller writes: add(layer, kind, format::CreateTile(package.tables(), input,
  // output)).
  template <typename Table>
  void add(const std::string& layer, format::OperationBody kind, flatbuffers::Offset<Table> body) {
    operations_.push_back(format::CreateOperationDirect(fbb_, layer.c_str(), kind, body.Union()));
  }
  flatbuffers::FlatBufferBuilder& tables() { return fbb_; }

  // The golden input of each of the network's inputs; values in Caffe's order.
  void input(BlobIndex blob, format::DataType type, const std::vector<std::uint8_t>& bytes);
  void output(BlobIndex blob, format::DataType type, const std::vector<std::uint8_t>& bytes,
              float tolerance = 0);

  AlignedBytes finish();

 private:
  struct TensorSpec {
    std::string name;
    format::DataType type;
    std::vector<std::uint32_t> shape;
    float scale;
    std::uint32_t check = 0;
    bool has_check = false;
  };
  struct Data {
    BlobIndex blob;
    format::DataType type;
    std::vector<std::uint8_t> bytes;
    float tolerance;
  };

  flatbuffers::Offset<format::Activation> make(const ActivationSpec& spec);
  flatbuffers::Offset<format::Requantisation> make(const RequantisationLists& lists);
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<format::TensorData>>> make(
      const std::vector<Data>& list);
  flatbuffers::Offset<format::Accelerator> make(const AcceleratorSpec& spec);
  flatbuffers::FlatBufferBuilder fbb_;
  std::vector<TensorSpec> tensors_;
  std::vector<flatbuffers::Offset<format::Operation>> operations_;
  std::vector<Data> inputs_, outputs_;
};

template <typename T>
std::vector<std::uint8_t> bytes_of(const std::vector<T>& values) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  return {first, first + values.size() * sizeof(T)};
}

}  // namespace cortado::test
