// What the loader refuses of an accelerator's part: everything that would let a program, or the crossing of a
// blob, leave its memory.
#include <gtest/gtest.h>

#include <functional>

#include "accelerated_sample.h"
#include "refusal.h"

namespace cortado {
namespace {

using format::BlobFormat;
using test::AcceleratorSpec;
using test::end;
using test::load_weights;
using test::program_of;
using test::set_load;
using test::set_store;
using test::stamp;
using test::transfer;
using test::Word;

std::string refusal_of(const AcceleratorSpec& spec) {
  const test::AlignedBytes bytes = test::accelerated_sample_package(0, spec);
  try {
    read_package(bytes.data(), bytes.size(), {});
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code, "package.damaged");
    return refusal.message;
  }
  return "";
}

void expect_refusal(const std::function<void(AcceleratorSpec&)>& change, const std::string& word) {
  AcceleratorSpec spec = test::accelerated_sample();
  change(spec);
  const std::string message = refusal_of(spec);
  EXPECT_NE(message.find(word), std::string::npos) << "said: \"" << message << "\", wanted: " << word;
}

void expect_refused_program(const std::vector<Word>& words, const std::string& word) {
  expect_refusal([&](AcceleratorSpec& spec) { spec.runs[0].program = program_of(words); }, word);
}

TEST(AcceleratorPackage, IsRead) {
  const test::AlignedBytes bytes = test::accelerated_sample_package(0);
  const Network network = read_package(bytes.data(), bytes.size(), {});
  ASSERT_TRUE(network.accelerator.has_value());
  const AcceleratorPrograms& programs = *network.accelerator;
  EXPECT_EQ(programs.part, "xc7z020");
  EXPECT_EQ(programs.config, 0x34400800U);
  EXPECT_EQ(programs.constants.size(), 256U);
  ASSERT_EQ(programs.runs.size(), 1U);
  EXPECT_EQ(programs.runs[0].count, 8U);
  EXPECT_EQ(programs.runs[0].program.size(), 9U * kInstructionBytes);
  ASSERT_EQ(programs.runs[0].outputs.size(), 1U);
  EXPECT_EQ(programs.runs[0].outputs[0].offset, test::kSampleSumAt);
  EXPECT_EQ(programs.runs[0].stamps[1].operation, 7U);
}

TEST(AcceleratorPackage, BelongsToTheTarget) {
  for (const bool with : {false, true}) {
    const test::AlignedBytes bytes = test::sample_package(0, [&](test::PackageBuilder& package) {
      package.target = with ? "neon" : "fpga";
      if (with) package.accelerator = test::accelerated_sample();
    });
    EXPECT_THROW(read_package(bytes.data(), bytes.size(), {}), Refusal);
  }
}

TEST(AcceleratorPackage, RefusesProgramsThatLeaveTheirMemory) {
  const Word load = transfer(2, 0, 0, 64, 1);
  // The last byte that a narrow load, and one of words, may read; one more pixel is too far.
  EXPECT_EQ(refusal_of([] {
              AcceleratorSpec spec = test::accelerated_sample();
              spec.runs[0].program =
                  program_of({set_load(false), transfer(2, 0, 0, 80, 1), set_load(true),
                              transfer(2, 0, 0, 320, 1), set_store(), transfer(12, 0, 0, 80, 1), end()});
              return spec;
            }()),
            "");
  expect_refused_program({set_load(false), transfer(2, 0, 0, 81, 1), end()}, "loads from outside");
  expect_refused_program({set_load(true), transfer(2, 0, 0, 321, 1), end()}, "loads from outside");
  expect_refused_program({set_load(false), transfer(2, 512, 0, 64, 1), end()}, "loads from outside");
  expect_refused_program({set_load(false), transfer(2, 0, 0, 16, 3), end()}, "loads from outside");
  expect_refused_program({set_load(false), transfer(2, 0xFFFFFFF0, 0, 64, 1), end()}, "loads from outside");
  expect_refused_program({set_load(false), transfer(2, 0, 1, 17, 1), end()}, "loads from outside");
  expect_refused_program({set_load(false), transfer(2, 0, 2, 1, 1), end()}, "loads from outside");
  expect_refused_program({set_load(false), transfer(2, 0, 3, 1, 1), end()}, "loads from outside");
  expect_refused_program({set_store(), transfer(12, 0, 0, 81, 1), end()}, "stores outside");
  expect_refused_program({set_store(), transfer(12, 0, 1, 1, 1), end()}, "stores outside");
  expect_refused_program({set_store(), transfer(12, 0, 3, 1, 1), end()}, "stores outside");
  // A store has no narrow form, whatever its bit says.
  expect_refused_program({set_store().set(77, 1), transfer(12, 0, 0, 320, 1), end()}, "stores outside");
  expect_refused_program({load_weights(0, 1, 3), end()}, "constants that are not there");
  expect_refused_program({load_weights(0, 0, 1), end()}, "constants that are not there");
  expect_refused_program({Word(3).set(48, 1).set(50, 32), end()}, "constants that are not there");
  expect_refused_program({stamp(16, 2), end()}, "a stamp where none belongs");
  expect_refused_program({stamp(0, 0), end()}, "a stamp where none belongs");
  expect_refused_program({load, end()}, "before it says how");
  expect_refused_program({transfer(12, 0, 0, 1, 1), end()}, "before it says how");
  expect_refused_program({Word(0), end()}, "does not exist");
  expect_refused_program({end(), end()}, "does not end with its last");
  expect_refused_program({Word(13)}, "does not end with its last");
  expect_refused_program({}, "empty or too long");
  expect_refused_program(std::vector<Word>(65536, Word(13)), "empty or too long");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].program.pop_back(); }, "cut off");
}

TEST(AcceleratorPackage, RefusesBlobsThatLeaveTheirMemory) {
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].offset += 8; }, "outside of its memory");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].offset = 0xFFFFFFF8; }, "outside of its memory");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].offset += 1; }, "outside of its memory");
  expect_refusal([](AcceleratorSpec& spec) { spec.blob_bytes = 0xFFFFFFFF; }, "more memory than a board has");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].layout = {6, 6}; }, "outside of its memory");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].layout = {11}; }, "other channels");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].layout = {12, 0}; }, "other channels");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].layout = {0xFFFFFFFF, 13}; }, "other channels");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].layout = {}; }, "without channels");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].format = BlobFormat::Narrow; },
                 "narrow blob of many");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].format = static_cast<BlobFormat>(9); },
                 "form that does not exist");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs[1].tensor = 99; }, "a blob that does not exist");
  expect_refusal([](AcceleratorSpec& spec) { spec.blobs.push_back(spec.blobs[0]); }, "a blob twice");
}

TEST(AcceleratorPackage, RefusesRunsThatDoNotFitTheNetwork) {
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].operations = 12; },
                 "operations that are not there");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].first = 0xFFFFFFFF; },
                 "operations that are not there");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].operations = 0; }, "operations that are not there");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs.push_back(spec.runs[0]); },
                 "operations that are not there");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].inputs = {99}; },
                 "an input that is not in its memory");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].inputs = {test::kSampleStem}; },
                 "an input that is not in its memory");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].inputs = {test::kSampleSum}; },
                 "an input that is not there");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].outputs = {test::kSampleData}; },
                 "does not make, or nobody wants");
  expect_refusal(
      [](AcceleratorSpec& spec) {
        spec.blobs.push_back({test::kSampleMixed, BlobFormat::Planes, 0, {12}});
        spec.runs[0].outputs.push_back(test::kSampleMixed);
      },
      "does not make, or nobody wants");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].outputs.clear(); },
                 "keeps a blob that the processor");
  expect_refusal(
      [](AcceleratorSpec& spec) {
        spec.blob_bytes *= 4;
        spec.blobs[1].format = BlobFormat::Raw;
      },
      "no int8 convolution");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].stamps[0].operation = 8; }, "does not run");
  expect_refusal([](AcceleratorSpec& spec) { spec.runs[0].stamps[0].index = 2; }, "stamp outside");
  expect_refusal([](AcceleratorSpec& spec) { spec.clock_hz = 0; }, "no clock");
  expect_refusal([](AcceleratorSpec& spec) { spec.memory_bytes_per_second = 0; }, "no memory bandwidth");
}

// The rest of the package is complete: the processor runs it as if nothing were beside it.
TEST(AcceleratorPackage, RunsOnTheProcessor) {
  const test::AlignedBytes bytes = test::accelerated_sample_package(3);
  const Network network = read_package(bytes.data(), bytes.size(), {});
  ExecutorOptions options;
  options.backend = Backend::kReference;
  Executor executor(network, options);
  EXPECT_FALSE(executor.offloaded(0));
  write_golden(network, network.goldens[0].inputs[0], executor.memory(network.inputs[0]));
  int operations = 0;
  executor.run([&](std::size_t) { ++operations; });
  EXPECT_EQ(operations, 11);
}

}  // namespace
}  // namespace cortado
