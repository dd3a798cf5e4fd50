#include "package/check_program.h"

#include <cstring>

#include "accelerator_programs.h"

namespace cortado {
namespace {

constexpr std::uint64_t kMostInstructions = 65535;  // of the register PROGRAM_LENGTH
constexpr std::uint64_t kWordBytes = 16;
constexpr std::uint64_t kNarrowBytes = 4;
constexpr std::uint64_t kPortBytes = 8;
constexpr std::uint64_t kSetBytes = 128;

enum Operation : unsigned {
  kSetLoad = 1,
  kLoad = 2,
  kLoadParameters = 3,
  kLoadWeights = 4,
  kSetStore = 11,
  kStore = 12,
  kSync = 13,
  kStamp = 14,
  kEnd = 15
};

enum Base : unsigned { kBlobs = 0, kConstants = 1, kStamps = 2 };

// Fields as docs/fpga/instructions.md numbers their bits.
class Instruction {
 public:
  explicit Instruction(const std::uint8_t* bytes) { std::memcpy(halves_, bytes, sizeof halves_); }

  std::uint64_t field(unsigned high, unsigned low) const {
    const unsigned width = high - low + 1;
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;  // no field has 64 bits
    if (low >= 64) return halves_[1] >> (low - 64) & mask;
    std::uint64_t value = halves_[0] >> low;
    if (high >= 64) value |= halves_[1] << (64 - low);
    return value & mask;
  }
  unsigned operation() const { return static_cast<unsigned>(field(3, 0)); }
  std::uint64_t offset() const { return field(47, 16); }
  unsigned base() const { return static_cast<unsigned>(field(49, 48)); }

 private:
  std::uint64_t halves_[2];
};

// What the last OpSetLoad or OpSetStore said.
struct Walk {
  bool set = false;
  bool narrow = false;
  std::uint64_t plane_bytes = 0;
};

class Checker {
 public:
  explicit Checker(const ProgramMemory& memory) : memory_(memory) {}

  const char* fault_of(const Instruction& instruction) {
    switch (instruction.operation()) {
      case kSetLoad:
        load_ = walk_of(instruction);
        return nullptr;
      case kSetStore:
        store_ = walk_of(instruction);
        store_.narrow = false;
        return nullptr;
      case kLoad:
        return inside(instruction, load_, false);
      case kStore:
        return inside(instruction, store_, true);
      case kLoadParameters:
        return constants(instruction, (instruction.field(61, 50) + 1) * kPortBytes);
      case kLoadWeights:
        return constants(instruction, (instruction.field(65, 50) + 1) * kSetBytes);
      case kStamp: {
        const bool fits =
            instruction.base() == kStamps && instruction.offset() + kStampBytes <= memory_.stamps;
        return fits ? nullptr : "writes a stamp where none belongs";
      }
      case 0:
        return "has an instruction that does not exist";
      default:  // what computes, and OpSync; OpEnd is the caller's matter
        return nullptr;
    }
  }

 private:
  static Walk walk_of(const Instruction& instruction) {
    return {true, instruction.field(77, 77) != 0, instruction.field(76, 55) * kWordBytes};
  }

  const char* inside(const Instruction& instruction, const Walk& walk, bool writes) const {
    if (!walk.set) return "moves data before it says how";
    const std::uint64_t pixels = instruction.field(66, 50) + 1;
    const std::uint64_t planes = instruction.field(74, 67) + 1;
    const std::uint64_t plane = walk.narrow
                                    ? (pixels * kNarrowBytes + kPortBytes - 1) / kPortBytes * kPortBytes
                                    : pixels * kWordBytes;
    const std::uint64_t end = instruction.offset() + (planes - 1) * walk.plane_bytes + plane;
    if (instruction.base() == kBlobs && end <= memory_.blobs) return nullptr;
    if (!writes && instruction.base() == kConstants && end <= memory_.constants) return nullptr;
    return writes ? "stores outside of its blobs" : "loads from outside of its blobs";
  }

  const char* constants(const Instruction& instruction, std::uint64_t bytes) const {
    const bool fits = instruction.base() == kConstants && instruction.offset() + bytes <= memory_.constants;
    return fits ? nullptr : "loads constants that are not there";
  }

  ProgramMemory memory_;
  Walk load_, store_;
};

}  // namespace

const char* fault_of_program(Span<std::uint8_t> program, const ProgramMemory& memory) {
  if (program.size() % kInstructionBytes != 0) return "is cut off";
  const std::size_t count = program.size() / kInstructionBytes;
  if (count == 0 || count > kMostInstructions) return "is empty or too long";
  Checker checker(memory);
  for (std::size_t i = 0; i < count; ++i) {
    const Instruction instruction(program.data() + i * kInstructionBytes);
    if (const char* fault = checker.fault_of(instruction)) return fault;
    if ((instruction.operation() == kEnd) != (i + 1 == count))
      return "does not end with its last instruction";
  }
  return nullptr;
}

}  // namespace cortado
