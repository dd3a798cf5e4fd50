// Turns one layer into a program for the accelerator, in several ways that a test chooses from, and reads its
// result back.
#pragma once

#include "device.h"
#include "golden.h"

namespace cortado::fpga {

// How a convolution is cut; every choice must give the same bytes.
struct ConvPlan {
  unsigned tile_groups = 64;    // pixel groups of a tile, at most the array's depth
  unsigned band_rows = 1000;    // output rows that are loaded, computed and stored together
  unsigned chunk_planes = 256;  // input planes of a convolution instruction
  unsigned extra_pitch = 0;     // gap behind the rows of the result, in pixels
  bool narrow = false;          // four bytes a pixel in memory; at most four channels
  bool keep = false;            // weights stay for all tiles of a band
  bool other_settings = false;  // another padding and other results follow each instruction at once
};

struct ConvRun {
  RunResult run;
  Map out{0, 0, 0};
  std::vector<std::int32_t> sums;  // of raw layers: height x width x channels
};

// True where the plan's weights and maps fit the buffers.
bool conv_fits(Device& device, const ConvLayer& layer, const Map& in, const ConvPlan& plan);
ConvRun run_conv(Device& device, const ConvLayer& layer, const Map& in, const ConvPlan& plan);

struct VecPlan {
  unsigned band_rows = 1000;
  unsigned extra_pitch = 0;
  bool other_settings = false;
};

bool vec_fits(Device& device, const VecLayer& layer, const std::vector<Map>& in, const VecPlan& plan);
ConvRun run_vec(Device& device, const VecLayer& layer, const std::vector<Map>& in, const VecPlan& plan);

// Shared by both.

// The level that another window, or another output, has: as far from the layer's as it can be.
inline int other_level(int level) { return level < 0 ? 127 : -128; }
inline Output other_output(Output output) {
  output.zero = other_level(output.zero);
  output.low = output.high = other_level(output.low);
  return output;
}

// Planes of 16 channels, height x width words each; channels past the last are 0.
std::vector<std::int8_t> to_planes(const Map& map);
Map from_planes(const std::int8_t* planes, int height, int width, int channels);
// The sets of one block of 32 output channels for some input planes, in the array's order.
std::vector<std::int8_t> weight_sets(const ConvLayer& layer, int block, int first_plane, int planes);
// Parameter words of a layer, two rows a plane, four if leaky.
std::vector<std::uint64_t> conv_parameters(const ConvLayer& layer);
// A scale's 64-bit word with its bias.
std::uint64_t parameter_word(std::int32_t bias, const Scale& scale);

// How a window walks over a map in the activation buffer.
struct Walk {
  unsigned banks;
  unsigned out_width;  // at least one group
  unsigned pitch;      // of the input's rows
  unsigned out_pitch;
  std::int64_t row_jump;

  Walk(unsigned banks, const Geometry& g, int in_width, unsigned extra_pitch);
  unsigned words(unsigned rows, unsigned row_pitch) const { return (rows * row_pitch + banks - 1) / banks; }
};

// Output rows [first, end) and the input rows that they need.
struct Band {
  int first, end, in_first, in_end;
};
std::vector<Band> bands(const Geometry& g, int in_height, unsigned rows);

}  // namespace cortado::fpga
