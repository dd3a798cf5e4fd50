// The sample with an accelerator's part: its int8 operations up to the sum are one program, which loads the
// input, loads a set of weights, and stores the sum. What is computed between is of no matter to who reads
// packages.
#pragma once

#include "accelerator_programs.h"
#include "sample_network.h"

namespace cortado::test {

// An instruction by its fields, as docs/fpga/instructions.md numbers their bits.
class Word {
 public:
  explicit Word(std::uint64_t operation) { set(0, operation); }
  Word& set(unsigned low, std::uint64_t value) {
    if (low >= 64) {
      halves_[1] |= value << (low - 64);
    } else {
      halves_[0] |= value << low;
      if (low > 0) halves_[1] |= value >> (64 - low);
    }
    return *this;
  }
  void append_to(std::vector<std::uint8_t>& program) const {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(halves_);
    program.insert(program.end(), bytes, bytes + sizeof halves_);
  }

 private:
  std::uint64_t halves_[2] = {0, 0};
};

inline std::vector<std::uint8_t> program_of(const std::vector<Word>& words) {
  std::vector<std::uint8_t> program;
  for (const Word& word : words) word.append_to(program);
  return program;
}

// Transfers of planes of 8 x 8 pixels, and the rest of the program.
inline Word set_load(bool narrow) { return Word(1).set(16, 8).set(55, 64).set(77, narrow ? 1 : 0); }
inline Word set_store() { return Word(11).set(16, 8).set(55, 64); }
inline Word transfer(std::uint64_t operation, std::uint64_t offset, std::uint64_t base, std::uint64_t pixels,
                     std::uint64_t planes) {
  return Word(operation).set(16, offset).set(48, base).set(50, pixels - 1).set(67, planes - 1);
}
inline Word load_weights(std::uint64_t offset, std::uint64_t base, std::uint64_t sets) {
  return Word(4).set(16, offset).set(48, base).set(50, sets - 1);
}
inline Word stamp(std::uint64_t offset, std::uint64_t base) { return Word(14).set(16, offset).set(48, base); }
inline Word end() { return Word(15); }

inline constexpr BlobIndex kSampleData = 0, kSampleStem = 1, kSampleMixed = 7, kSampleSum = 8;
inline constexpr std::uint32_t kSampleSumAt = 256;  // behind the narrow input of 8 x 8 pixels

inline AcceleratorSpec accelerated_sample() {
  AcceleratorSpec spec;
  spec.constants.assign(256, 7);
  spec.blob_bytes = kSampleSumAt + 64 * 16;
  spec.stamp_bytes = 16;
  spec.blobs = {{kSampleData, format::BlobFormat::Narrow, 0, {3}},
                {kSampleSum, format::BlobFormat::Planes, kSampleSumAt, {12}}};
  AcceleratorSpec::Run run;
  run.first = 0;
  run.operations = 8;
  run.inputs = {kSampleData};
  run.outputs = {kSampleSum};
  run.stamps = {{3, 0}, {7, 1}};
  run.program = program_of({set_load(true), transfer(2, 0, 0, 64, 1), load_weights(0, 1, 2),
                            Word(3).set(48, 1).set(50, 31), set_store(), transfer(12, kSampleSumAt, 0, 64, 1),
                            stamp(0, 2), stamp(8, 2), end()});
  spec.runs = {run};
  return spec;
}

inline AlignedBytes accelerated_sample_package(std::uint32_t seed,
                                               const AcceleratorSpec& spec = accelerated_sample()) {
  return sample_package(seed, [&](PackageBuilder& package) {
    package.target = "fpga";
    package.accelerator = spec;
  });
}

}  // namespace cortado::test
