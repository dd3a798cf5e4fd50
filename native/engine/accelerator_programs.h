// What a package holds for the accelerator of a Zynq (docs/fpga/instructions.md), every statement of it
// checked.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "blob.h"
#include "span.h"

namespace cortado {

// How a blob lies in the memory that processor and accelerator share.
enum class BlobFormat : std::uint8_t { kPlanes, kNarrow, kRaw };

struct SharedBlob {
  BlobIndex blob;
  BlobFormat format;
  std::uint32_t offset;              // bytes from the base of blobs
  std::vector<std::int32_t> layout;  // channels of the parts that it is a concatenation of
};

// Where the accelerator writes its cycle counter once a layer's last result is in memory.
struct LayerStamp {
  std::size_t operation;
  std::uint32_t index;  // in units of 8 bytes from the base of stamps
  std::uint64_t estimated_end, estimated_bytes;
};

// One program, in place of the operations [first, first + count).
struct AcceleratorRun {
  std::size_t first, count;
  Span<std::uint8_t> program;
  std::vector<SharedBlob> inputs;   // that the processor puts there
  std::vector<SharedBlob> outputs;  // that it takes from there
  std::vector<LayerStamp> stamps;
  std::uint64_t estimated_cycles, estimated_bytes;
};

struct AcceleratorPrograms {
  std::string_view part, board;
  std::uint32_t config, fingerprint;
  std::uint64_t clock_hz, memory_bytes_per_second;
  Span<std::uint8_t> constants;
  std::uint32_t blob_bytes, stamp_bytes;
  std::vector<AcceleratorRun> runs;
};

inline constexpr std::uint32_t kInstructionBytes = 16;
inline constexpr std::uint32_t kStampBytes = 8;
inline constexpr std::int32_t kPlaneChannels = 16;

}  // namespace cortado
