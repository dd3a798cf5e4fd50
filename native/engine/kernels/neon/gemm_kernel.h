// What a register-tile kernel is called with, and what it says about itself. Files that are compiled for
// instruction-set extensions include this header and epilogue.h only: they hold plain data and
// always-inlined functions, so that no function compiled for an extension can be linked into code that runs
// without it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cortado::neon {

// Bias of output channels and what their accumulators become, each value 32 bits, in sections of `pitch`
// channels. Output int8:
//   bias, m << 16, -s                       where `plain`
//   bias, m << 16, -s, l, and the multiplier, -s, l for accumulators below 0       otherwise
// Output float:
//   bias, factor                            where `plain`
//   bias, factor, slope below 0             otherwise
// Sections are padded, so that every lane of the last register of channels may be loaded.
template <typename Output>
struct ChannelView {
  const std::int32_t* values;
  std::size_t pitch;
  bool plain;
  Output low, high;
  Output zero;  // used where not `plain`
};

// One register tile: `rows` pixels by `columns` output channels. The sum runs over `segments` pieces of
// memory of `segment_length` bytes each (the channels of one tap of the window, mostly). Up to 15 bytes
// behind a segment are read.
template <typename Output>
struct GemmTile {
  const std::int8_t* const* pixels;  // segments x GemmKernel::rows pointers; those past `rows` are valid too
  std::ptrdiff_t pixel_offset;       // bytes added to every pointer: where a group's channels begin
  std::int32_t segments;
  std::int32_t segment_length;   // a multiple of GemmKernel::tail_step
  const std::int8_t* weights;    // packed, see PackedWeights
  ChannelView<Output> channels;  // of the tile's first column
  Output* output;
  std::ptrdiff_t output_pixel_stride;  // in elements
  std::int32_t rows, columns;          // how many of them are stored
};

inline constexpr std::int32_t kMaxTileRows = 8;

// The functions of a kernel that store one type of output.
template <typename Output>
struct GemmRoutines {
  const char* name;
  void (*run[kMaxTileRows])(const GemmTile<Output>&);  // for 1, 2, ... GemmKernel::rows rows
};

struct GemmKernel : GemmRoutines<std::int8_t>, GemmRoutines<float> {
  std::int32_t rows, columns;  // of the register tile
  // Weights of a segment are packed in runs: `step` bytes of column 0, of column 1, ..., then the next `step`
  // bytes of each; what is left after whole steps comes in runs of `tail_step` bytes.
  std::int32_t step, tail_step;
};

#if defined(__aarch64__)
extern const GemmKernel kConvolution8x8c8I8mm;
extern const GemmKernel kConvolution4x16c4Dotprod;
extern const GemmKernel kConvolution4x4c8Mull;
extern const GemmKernel kFullyConnected1x16c4Dotprod;
#else
extern const GemmKernel kConvolution2x4c8Armv7;
#endif
extern const GemmKernel kFullyConnected1x8c8Mull;

}  // namespace cortado::neon
