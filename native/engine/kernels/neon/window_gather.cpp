#include "kernels/neon/window_gather.h"

#include <algorithm>

namespace cortado::neon {
namespace {

// Half of the smallest first-level cache of our cores (32 KB): the rest is for weights and output.
constexpr std::int64_t kBlockBytes = 16384;
constexpr std::int32_t kLeastBlockPixels = 16;
constexpr std::int32_t kMostBlockPixels = 64;
constexpr std::int32_t kCopyBytes = 16;

std::int32_t round_up32(std::int32_t value, std::int32_t step) { return (value + step - 1) / step * step; }

// Copies in pieces of 16 bytes: up to 15 bytes behind source and target are touched.
void copy_loosely(std::int8_t* target, const std::int8_t* source, std::int32_t count) {
  for (std::int32_t i = 0; i < count; i += kCopyBytes) std::memcpy(target + i, source + i, kCopyBytes);
}

}  // namespace

WindowGather::WindowGather(const ConvolutionShape& shape, const GemmKernel& kernel)
    : shape_(shape),
      tile_rows_(kernel.rows),
      group_channels_(shape.input_channels / shape.group),
      form_(choose_form(kernel)),
      segments_(form_ == Form::kTaps ? shape.kernel_height * shape.kernel_width : 1),
      segment_length_(form_ == Form::kTaps ? group_channels_
                                           : group_channels_ * shape.kernel_height * shape.kernel_width),
      block_pixels_(choose_block_pixels()),
      padding_(static_cast<std::size_t>(shape.input_channels) + kBlobSlack,
               static_cast<std::uint8_t>(shape.pad_level)) {
  for (std::int32_t ky = 0; ky < shape.kernel_height; ++ky) {
    for (std::int32_t kx = 0; kx < shape.kernel_width; ++kx) {
      const std::ptrdiff_t pixels =
          static_cast<std::ptrdiff_t>(ky) * shape.dilation_height * shape.input_width +
          kx * shape.dilation_width;
      tap_offsets_.push_back(pixels * shape.input_pixel_stride);
    }
  }
}

WindowGather::Form WindowGather::choose_form(const GemmKernel& kernel) const {
  const std::int32_t taps = shape_.kernel_height * shape_.kernel_width;
  const bool no_padding = inside({0, 0, 0}) && inside({0, shape_.output_height - 1, shape_.output_width - 1});
  if (taps == 1) {
    const bool same = no_padding && shape_.stride_height == 1 && shape_.stride_width == 1 &&
                      shape_.output_height == shape_.input_height &&
                      shape_.output_width == shape_.input_width;
    return same ? Form::kDirect : Form::kTaps;
  }
  if (no_padding && shape_.group == 1 && shape_.input_pixel_stride == shape_.input_channels &&
      shape_.kernel_width == shape_.input_width && shape_.dilation_height == 1 &&
      shape_.dilation_width == 1) {
    return Form::kDense;
  }
  // Each segment is padded to the kernel's step and costs its pointers: a copy is cheaper where segments are
  // short.
  const std::int32_t padded = taps * round_up32(group_channels_, kernel.tail_step);
  const std::int32_t dense = round_up32(taps * group_channels_, kernel.tail_step);
  return group_channels_ < 16 || padded > dense + dense / 4 ? Form::kPanel : Form::kTaps;
}

std::int32_t WindowGather::choose_block_pixels() const {
  std::int64_t bytes = segment_length_;
  if (form_ == Form::kTaps) {
    // Neighbouring windows overlap.
    bytes = std::int64_t{shape_.input_channels} * std::min(shape_.stride_height, shape_.kernel_height) *
            std::min(shape_.stride_width, shape_.kernel_width);
  }
  const std::int64_t wanted = std::clamp<std::int64_t>(kBlockBytes / std::max<std::int64_t>(bytes, 1),
                                                       kLeastBlockPixels, kMostBlockPixels);
  const std::int64_t pixels = std::int64_t{shape_.batch} * shape_.output_height * shape_.output_width;
  return round_up32(static_cast<std::int32_t>(std::min(wanted, std::max<std::int64_t>(pixels, 1))),
                    tile_rows_);
}

std::size_t WindowGather::table_bytes() const {
  return round_up(
      static_cast<std::size_t>(block_pixels_) * static_cast<std::size_t>(segments_) * sizeof(std::int8_t*),
      kCacheLine);
}

std::ptrdiff_t WindowGather::panel_pitch() const { return round_up32(segment_length_, kCopyBytes); }

std::size_t WindowGather::scratch_bytes() const {
  if (form_ != Form::kPanel) return table_bytes();
  return table_bytes() + static_cast<std::size_t>(block_pixels_) * static_cast<std::size_t>(panel_pitch()) +
         kBlobSlack;
}

WindowGather::Position WindowGather::position_of(std::int64_t pixel) const {
  const std::int64_t row = pixel / shape_.output_width;
  return {static_cast<std::int32_t>(row / shape_.output_height),
          static_cast<std::int32_t>(row % shape_.output_height),
          static_cast<std::int32_t>(pixel % shape_.output_width)};
}

void WindowGather::advance(Position& position) const {
  if (++position.x < shape_.output_width) return;
  position.x = 0;
  if (++position.y < shape_.output_height) return;
  position.y = 0;
  ++position.image;
}

const std::int8_t* WindowGather::tap(const std::int8_t* input, const Position& position, std::int32_t ky,
                                     std::int32_t kx) const {
  const std::int32_t y = position.y * shape_.stride_height - shape_.pad_height + ky * shape_.dilation_height;
  const std::int32_t x = position.x * shape_.stride_width - shape_.pad_width + kx * shape_.dilation_width;
  if (y < 0 || y >= shape_.input_height || x < 0 || x >= shape_.input_width) return padding_.data();
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(position.image) * shape_.input_height + y;
  return input + (row * shape_.input_width + x) * shape_.input_pixel_stride;
}

bool WindowGather::inside(const Position& position) const {
  const std::int32_t top = position.y * shape_.stride_height - shape_.pad_height;
  const std::int32_t left = position.x * shape_.stride_width - shape_.pad_width;
  return top >= 0 && top + (shape_.kernel_height - 1) * shape_.dilation_height < shape_.input_height &&
         left >= 0 && left + (shape_.kernel_width - 1) * shape_.dilation_width < shape_.input_width;
}

void WindowGather::point_to_taps(const std::int8_t* input, const Position& position,
                                 const std::int8_t** entry) const {
  if (inside(position)) {
    const std::int8_t* const first = tap(input, position, 0, 0);
    for (const std::ptrdiff_t offset : tap_offsets_) {
      *entry = first + offset;
      entry += tile_rows_;
    }
    return;
  }
  for (std::int32_t ky = 0; ky < shape_.kernel_height; ++ky) {
    for (std::int32_t kx = 0; kx < shape_.kernel_width; ++kx) {
      *entry = tap(input, position, ky, kx);
      entry += tile_rows_;
    }
  }
}

void WindowGather::copy_window(const std::int8_t* input, const Position& position, std::int32_t group,
                               std::int8_t* row) const {
  const std::ptrdiff_t group_offset = static_cast<std::ptrdiff_t>(group) * group_channels_;
  if (inside(position)) {
    // Where pixels have no gap, the taps of a window's row are one run of memory.
    const bool runs = shape_.dilation_width == 1 && shape_.input_pixel_stride == group_channels_;
    const std::size_t step = runs ? static_cast<std::size_t>(shape_.kernel_width) : 1;
    const std::int32_t length = group_channels_ * static_cast<std::int32_t>(step);
    const std::int8_t* const first = tap(input, position, 0, 0) + group_offset;
    for (std::size_t i = 0; i < tap_offsets_.size(); i += step, row += length) {
      copy_loosely(row, first + tap_offsets_[i], length);
    }
    return;
  }
  for (std::int32_t ky = 0; ky < shape_.kernel_height; ++ky) {
    for (std::int32_t kx = 0; kx < shape_.kernel_width; ++kx, row += group_channels_) {
      copy_loosely(row, tap(input, position, ky, kx) + group_offset, group_channels_);
    }
  }
}

const std::int8_t* const* WindowGather::gather(const std::int8_t* input, std::int64_t first,
                                               std::int32_t count, std::int32_t group, void* scratch) const {
  const auto table = static_cast<const std::int8_t**>(scratch);
  std::int8_t* panel = static_cast<std::int8_t*>(scratch) + table_bytes();
  const std::int8_t* pixel = input + static_cast<std::ptrdiff_t>(first) * shape_.input_pixel_stride;
  Position position = position_of(first);
  const std::int8_t** tile = table;
  for (std::int32_t left = count; left > 0; left -= tile_rows_, tile += tile_rows_ * segments_) {
    const std::int32_t rows = std::min(left, tile_rows_);
    for (std::int32_t row = 0; row < rows; ++row) {
      switch (form_) {
        case Form::kDirect:
          tile[row] = pixel;
          pixel += shape_.input_pixel_stride;
          continue;
        case Form::kDense:
          tile[row] = tap(input, position, 0, 0);
          break;
        case Form::kTaps:
          point_to_taps(input, position, tile + row);
          break;
        case Form::kPanel:
          copy_window(input, position, group, panel);
          tile[row] = panel;
          panel += panel_pitch();
          break;
      }
      advance(position);
    }
    for (std::int32_t segment = 0; segment < segments_ && rows < tile_rows_; ++segment) {
      const std::int8_t** const pointers = tile + segment * tile_rows_;
      std::fill(pointers + rows, pointers + tile_rows_, pointers[rows - 1]);
    }
  }
  return table;
}

}  // namespace cortado::neon
