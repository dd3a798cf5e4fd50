#include "golden.h"

#include <cmath>
#include <cstdio>
#include <cstring>

#include "crc32.h"
#include "input.h"
#include "layout.h"

namespace cortado {
namespace {

std::string hexadecimal(std::uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof text, "crc32 %08x", value);
  return text;
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

class Verifier {
 public:
  Verifier(const Network& network, Executor& executor) : network_(network), executor_(executor) {
    written_by_.assign(network.blobs.size(), "input");
    for (const Operation& operation : network.operations) written_by_[output_of(operation)] = operation.layer;
  }

  Verification verify() {
    for (const Golden& golden : network_.goldens) {
      for (const GoldenBlob& input : golden.inputs)
        write_golden(network_, input, executor_.memory(input.blob));
      if (verification_.goldens == 0) {
        for (const BlobIndex input : network_.inputs) check(input);
        executor_.run([this](std::size_t operation) { check(output_of(network_.operations[operation])); });
      } else {
        executor_.run();
      }
      for (const GoldenBlob& output : golden.outputs) compare(output);
      ++verification_.goldens;
    }
    return verification_;
  }

 private:
  [[noreturn]] void mismatch(BlobIndex blob, std::optional<std::size_t> element, std::string expected,
                             std::string actual) const {
    throw GoldenMismatch{std::string(written_by_[blob]), std::string(network_.blobs[blob].name), element,
                         std::move(expected), std::move(actual)};
  }

  void check(BlobIndex index) {
    const Blob& blob = network_.blobs[index];
    if (!blob.check) return;
    const BlobMemory memory = executor_.memory(index);
    const std::vector<std::int8_t> values = in_caffe_order(memory.as<std::int8_t>());
    const std::uint32_t actual = crc32(values.data(), values.size());
    if (actual != *blob.check) mismatch(index, std::nullopt, hexadecimal(*blob.check), hexadecimal(actual));
    ++verification_.int8_blobs;
  }

  void compare(const GoldenBlob& golden) {
    const BlobMemory memory = executor_.memory(golden.blob);
    if (golden.type == GoldenType::kInt8) {
      compare_int8(golden, in_caffe_order(memory.as<std::int8_t>()));
    } else {
      compare_float(golden, in_caffe_order(memory.as<float>()));
    }
  }

  void compare_int8(const GoldenBlob& golden, const std::vector<std::int8_t>& values) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto expected = static_cast<std::int8_t>(golden.bytes[i]);
      if (values[i] != expected)
        mismatch(golden.blob, i, std::to_string(expected), std::to_string(values[i]));
    }
  }

  void compare_float(const GoldenBlob& golden, const std::vector<float>& values) {
    float largest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      float expected = 0;
      std::memcpy(&expected, golden.bytes.data() + i * sizeof expected, sizeof expected);
      // Equal infinities differ by nothing, a NaN by more than any tolerance.
      const float difference = values[i] == expected ? 0 : std::fabs(values[i] - expected);
      if (!(difference <= golden.tolerance)) mismatch(golden.blob, i, decimal(expected), decimal(values[i]));
      largest = std::fmax(largest, difference);
    }
    for (FloatOutput& output : verification_.float_outputs) {
      if (output.name != network_.blobs[golden.blob].name) continue;
      output.max_difference = std::fmax(output.max_difference, largest);
      return;
    }
    verification_.float_outputs.push_back(
        {std::string(network_.blobs[golden.blob].name), largest, golden.tolerance});
  }

  const Network& network_;
  Executor& executor_;
  std::vector<std::string_view> written_by_;
  Verification verification_;
};

}  // namespace

Verification verify_goldens(const Network& network, Executor& executor) {
  return Verifier(network, executor).verify();
}

}  // namespace cortado
