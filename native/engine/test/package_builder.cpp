#include "package_builder.h"

#include <cstring>

#include "crc32.h"

namespace cortado::test {

AlignedBytes::AlignedBytes(const std::uint8_t* bytes, std::size_t size)
    : data_(static_cast<std::uint8_t*>(::operator new(size, kAlignment))), size_(size) {
  if (size > 0) std::memcpy(data(), bytes, size);
}

void patch_checksum(std::uint8_t* bytes, std::size_t size) {
  if (size < 64) return;
  // Damaged packages come here too: every step stays inside the bytes.
  const auto read32 = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes + at, sizeof value);
    return value;
  };
  const std::size_t root = read32(0);
  if (root > size - 4) return;
  const std::int64_t vtable = static_cast<std::int64_t>(root) - static_cast<std::int32_t>(read32(root));
  if (vtable < 0 || vtable > static_cast<std::int64_t>(size) - 8) return;
  std::uint16_t field = 0;
  std::memcpy(&field, bytes + vtable + format::Package::VT_CHECKSUM, sizeof field);
  const std::size_t at = root + field;
  if (field == 0 || at > size - 4) return;
  std::memset(bytes + at, 0, 4);
  const std::uint32_t checksum = crc32(bytes, size);
  std::memcpy(bytes + at, &checksum, 4);
}

BlobIndex PackageBuilder::blob(const std::string& name, format::DataType type,
                               const std::vector<std::uint32_t>& shape, float scale) {
  tensors_.push_back({name, type, shape, scale});
  return static_cast<BlobIndex>(tensors_.size() - 1);
}

void PackageBuilder::set_check(BlobIndex blob, std::uint32_t value) {
  tensors_[blob].check = value;
  tensors_[blob].has_check = true;
}

flatbuffers::Offset<format::Activation> PackageBuilder::make(const ActivationSpec& spec) {
  return format::CreateActivationDirect(fbb_, spec.kind, spec.slopes.empty() ? nullptr : &spec.slopes);
}

flatbuffers::Offset<format::Requantisation> PackageBuilder::make(const RequantisationLists& r) {
  if (r.multiplier.empty()) return 0;
  return format::CreateRequantisationDirect(fbb_, &r.multiplier, &r.right_shift, &r.left_shift, r.low, r.high,
                                            &r.negative_multiplier, &r.negative_right_shift,
                                            &r.negative_left_shift, r.zero);
}

namespace {

std::uint32_t number(std::int32_t value) { return static_cast<std::uint32_t>(value); }

}  // namespace

void PackageBuilder::convolution(const std::string& layer, const ConvolutionSpec& s) {
  const Window& w = s.window;
  fbb_.ForceVectorAlignment(s.weights.size(), 1, 16);
  const auto weights = fbb_.CreateVector(s.weights);
  const auto bias32 = s.bias32.empty() ? 0 : fbb_.CreateVector(s.bias32);
  const auto bias_float = s.bias_float.empty() ? 0 : fbb_.CreateVector(s.bias_float);
  const auto factor = s.output_factor.empty() ? 0 : fbb_.CreateVector(s.output_factor);
  const auto requantisation = make(s.requantisation);
  const auto activation = make(s.activation);
  add(layer, format::OperationBody::Convolution,
      format::CreateConvolution(fbb_, s.input, s.output, number(w.kernel_height), number(w.kernel_width),
                                number(w.stride_height), number(w.stride_width), number(w.pad_height),
                                number(w.pad_width), number(w.dilation_height), number(w.dilation_width),
                                s.group, s.weight_type, weights, bias32, bias_float, requantisation, factor,
                                activation, s.pad_level));
}

void PackageBuilder::pooling(const std::string& layer, const PoolingSpec& s) {
  const Window& w = s.window;
  const auto divisors = fbb_.CreateVector(s.divisors);
  const auto factor = s.output_factor.empty() ? 0 : fbb_.CreateVector(s.output_factor);
  const auto requantisation = make(s.requantisation);
  const auto activation = make(s.activation);
  add(layer, format::OperationBody::Pooling,
      format::CreatePooling(fbb_, s.input, s.output, s.method, number(w.kernel_height),
                            number(w.kernel_width), number(w.stride_height), number(w.stride_width),
                            number(w.pad_height), number(w.pad_width), divisors, requantisation, factor,
                            activation));
}

void PackageBuilder::eltwise_sum(const std::string& layer, const EltwiseSpec& s) {
  const auto activation = make(s.activation);
  add(layer, format::OperationBody::EltwiseSum,
      format::CreateEltwiseSumDirect(fbb_, &s.inputs, s.output, &s.coefficients, &s.multipliers, s.shift,
                                     s.low, s.high, activation, s.bias));
}

void PackageBuilder::concat(const std::string& layer, const std::vector<BlobIndex>& inputs, BlobIndex output,
                            std::uint32_t axis) {
  add(layer, format::OperationBody::Concat, format::CreateConcatDirect(fbb_, &inputs, output, axis));
}

void PackageBuilder::clamp(const std::string& layer, BlobIndex input, BlobIndex output, std::int8_t low,
                           std::int8_t high) {
  add(layer, format::OperationBody::ActivationOp, format::CreateActivationOp(fbb_, input, output, low, high));
}

void PackageBuilder::requantise(const std::string& layer, BlobIndex input, BlobIndex output,
                                const RequantisationLists& lists) {
  const auto requantisation = make(lists);
  add(layer, format::OperationBody::ActivationOp,
      format::CreateActivationOp(fbb_, input, output, -127, 127, requantisation));
}

void PackageBuilder::activation(const std::string& layer, BlobIndex input, BlobIndex output,
                                const ActivationSpec& spec) {
  const auto activation = make(spec);
  add(layer, format::OperationBody::ActivationOp,
      format::CreateActivationOp(fbb_, input, output, 0, 0, 0, activation));
}

void PackageBuilder::affine(const std::string& layer, BlobIndex input, BlobIndex output,
                            const std::vector<float>& scale, const std::vector<float>& shift,
                            const ActivationSpec& spec) {
  const auto activation = make(spec);
  add(layer, format::OperationBody::Affine,
      format::CreateAffineDirect(fbb_, input, output, &scale, &shift, activation));
}

void PackageBuilder::softmax(const std::string& layer, BlobIndex input, BlobIndex output,
                             std::uint32_t axis) {
  add(layer, format::OperationBody::Softmax, format::CreateSoftmax(fbb_, input, output, axis));
}

void PackageBuilder::reshape(const std::string& layer, BlobIndex input, BlobIndex output) {
  add(layer, format::OperationBody::Reshape, format::CreateReshape(fbb_, input, output));
}

void PackageBuilder::quantize(const std::string& layer, BlobIndex input, BlobIndex output) {
  add(layer, format::OperationBody::Quantize, format::CreateQuantize(fbb_, input, output));
}

void PackageBuilder::dequantize(const std::string& layer, BlobIndex input, BlobIndex output, float factor) {
  add(layer, format::OperationBody::Dequantize, format::CreateDequantize(fbb_, input, output, factor));
}

void PackageBuilder::input(BlobIndex blob, format::DataType type, const std::vector<std::uint8_t>& bytes) {
  inputs_.push_back({blob, type, bytes, 0});
}

void PackageBuilder::output(BlobIndex blob, format::DataType type, const std::vector<std::uint8_t>& bytes,
                            float tolerance) {
  outputs_.push_back({blob, type, bytes, tolerance});
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<format::TensorData>>> PackageBuilder::make(
    const std::vector<Data>& list) {
  std::vector<flatbuffers::Offset<format::TensorData>> tables;
  for (const Data& data : list) {
    tables.push_back(format::CreateTensorDataDirect(fbb_, data.blob, data.type, &data.bytes, data.tolerance));
  }
  return fbb_.CreateVector(tables);
}

flatbuffers::Offset<format::Accelerator> PackageBuilder::make(const AcceleratorSpec& spec) {
  std::vector<flatbuffers::Offset<format::AcceleratorBlob>> blobs;
  for (const AcceleratorSpec::Blob& blob : spec.blobs) {
    blobs.push_back(
        format::CreateAcceleratorBlobDirect(fbb_, blob.tensor, blob.format, blob.offset, &blob.layout));
  }
  std::vector<flatbuffers::Offset<format::AcceleratorRun>> runs;
  for (const AcceleratorSpec::Run& run : spec.runs) {
    std::vector<flatbuffers::Offset<format::AcceleratorStamp>> stamps;
    for (const AcceleratorSpec::Stamp& stamp : run.stamps)
      stamps.push_back(format::CreateAcceleratorStamp(fbb_, stamp.operation, stamp.index, 900, 100));
    fbb_.ForceVectorAlignment(run.program.size(), 1, 16);
    runs.push_back(format::CreateAcceleratorRunDirect(fbb_, run.first, run.operations, &run.program,
                                                      &run.inputs, &run.outputs, &stamps,
                                                      run.estimated_cycles, 100));
  }
  fbb_.ForceVectorAlignment(spec.constants.size(), 1, 16);
  const auto constants = fbb_.CreateVector(spec.constants);
  const auto part = fbb_.CreateString(spec.part);
  const auto board = fbb_.CreateString("pynq-z1");
  const auto blob_list = fbb_.CreateVector(blobs);
  const auto run_list = fbb_.CreateVector(runs);
  return format::CreateAccelerator(fbb_, part, board, spec.config, spec.fingerprint, spec.clock_hz,
                                   spec.memory_bytes_per_second, constants, spec.blob_bytes, spec.stamp_bytes,
                                   blob_list, run_list);
}

AlignedBytes PackageBuilder::finish() {
  std::vector<flatbuffers::Offset<format::Tensor>> tensors;
  for (const TensorSpec& t : tensors_) {
    tensors.push_back(
        format::CreateTensorDirect(fbb_, t.name.c_str(), &t.shape, t.type, t.scale, t.check, t.has_check));
  }
  const auto strings = [this](const std::vector<std::string>& list) {
    return fbb_.CreateVectorOfStrings(list);
  };
  const auto blobs_of = [](const std::vector<Data>& list) {
    std::vector<std::uint32_t> blobs;
    for (const Data& data : list) blobs.push_back(data.blob);
    return blobs;
  };
  const auto features = strings(cpu_features);
  const auto builder_name = fbb_.CreateString("test");
  const auto target_name = fbb_.CreateString(target);
  const auto precision = fbb_.CreateString("int8");
  const auto hash = fbb_.CreateString("0123");
  const auto fingerprint =
      format::CreateFingerprint(fbb_, builder_name, target_name, precision, features, 0, memory, hash);
  const auto preprocessing =
      format::CreatePreprocessingDirect(fbb_, 0, 0, 0, 0, "bgr", norm, &mean, &mean_image, &pixel_table);
  const auto golden_inputs = make(inputs_);
  const auto golden_outputs = make(outputs_);
  const std::vector<flatbuffers::Offset<format::Golden>> goldens = {
      format::CreateGolden(fbb_, golden_inputs, golden_outputs)};
  const auto tensor_list = fbb_.CreateVector(tensors);
  const auto operation_list = fbb_.CreateVector(operations_);
  const auto golden_list = fbb_.CreateVector(goldens);
  const auto inputs = fbb_.CreateVector(blobs_of(inputs_));
  const auto outputs = fbb_.CreateVector(blobs_of(outputs_));
  const auto label_list = strings(labels);
  const auto name = fbb_.CreateString("test network");
  const auto accelerator_part = accelerator ? make(*accelerator) : flatbuffers::Offset<format::Accelerator>();
  const format::Checksum checksum(0);
  fbb_.Finish(
      format::CreatePackage(fbb_, format_version, &checksum, name, fingerprint, tensor_list, inputs, outputs,
                            operation_list, preprocessing, label_list, golden_list, 0, accelerator_part),
      format::PackageIdentifier());
  AlignedBytes bytes(fbb_.GetBufferPointer(), fbb_.GetSize());
  patch_checksum(bytes.data(), bytes.size());
  return bytes;
}

}  // namespace cortado::test
