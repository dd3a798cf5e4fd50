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
      tail_step_(kernel.tail_step),
      form_(choose_form(kernel)),
      segments_(form_ == Form::kTaps ? shape.kernel_height * shape.kernel_width : 1),
      segment_length_(form_ == Form::kTaps ? group_channels_
                                           : group_channels_ * shape.kernel_height * shape.kernel_width),
      block_pixels_(choose_block_pixels()),
      zeros_(static_cast<std::size_t>(shape.input_channels) + kBlobSlack) {}

WindowGather::Form WindowGather::choose_form(const GemmKernel& kernel) const {
  const std::int32_t taps = shape_.kernel_height * shape_.kernel_width;
  const bool inside =
      shape_.pad_height == 0 && shape_.pad_width == 0 &&
      (shape_.output_height - 1) * shape_.stride_height +
              (shape_.kernel_height - 1) * shape_.dilation_height <
          shape_.input_height &&
      (shape_.output_width - 1) * shape_.stride_width + (shape_.kernel_width - 1) * shape_.dilation_width <
          shape_.input_width;
  if (taps == 1) {
    const bool same = inside && shape_.stride_height == 1 && shape_.stride_width == 1 &&
                      shape_.output_height == shape_.input_height &&
                      shape_.output_width == shape_.input_width;
    return same ? Form::kDirect : Form::kTaps;
  }
  if (inside && shape_.group == 1 && shape_.input_pixel_stride == shape_.input_channels &&
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
  if (y < 0 || y >= shape_.input_height || x < 0 || x >= shape_.input_width) return zeros_.data();
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(position.image) * shape_.input_height + y;
  return input + (row * shape_.input_width + x) * shape_.input_pixel_stride;
}

void WindowGather::copy_window(const std::int8_t* input, const Position& position, std::int32_t group,
                               std::int8_t* row) const {
  const std::ptrdiff_t offset = static_cast<std::ptrdiff_t>(group) * group_channels_;
  const std::int32_t left = position.x * shape_.stride_width - shape_.pad_width;
  // The taps of a window's row are one run of memory where pixels have no gap and none lies in the padding.
  const bool run = shape_.dilation_width == 1 && shape_.input_pixel_stride == group_channels_ && left >= 0 &&
                   left + shape_.kernel_width <= shape_.input_width;
  const std::int32_t run_length = group_channels_ * shape_.kernel_width;
  for (std::int32_t ky = 0; ky < shape_.kernel_height; ++ky) {
    const std::int32_t y =
        position.y * shape_.stride_height - shape_.pad_height + ky * shape_.dilation_height;
    if (run && y >= 0 && y < shape_.input_height) {
      copy_loosely(row, tap(input, position, ky, 0), run_length);
      row += run_length;
      continue;
    }
    for (std::int32_t kx = 0; kx < shape_.kernel_width; ++kx, row += group_channels_) {
      copy_loosely(row, tap(input, position, ky, kx) + offset, group_channels_);
    }
  }
}

const std::int8_t* const* WindowGather::gather(const std::int8_t* input, std::int64_t first,
                                               std::int32_t count, std::int32_t group, void* scratch) const {
  const auto table = static_cast<const std::int8_t**>(scratch);
  std::int8_t* panel = static_cast<std::int8_t*>(scratch) + table_bytes();
  Position position = position_of(first);
  for (std::int32_t pixel = 0; pixel < count; ++pixel, advance(position)) {
    const std::int32_t tile = pixel / tile_rows_;
    const std::int8_t** entry = table + tile * tile_rows_ * segments_ + pixel % tile_rows_;
    switch (form_) {
      case Form::kDirect:
        *entry = input + static_cast<std::ptrdiff_t>(first + pixel) * shape_.input_pixel_stride;
        break;
      case Form::kDense:
        *entry = tap(input, position, 0, 0);
        break;
      case Form::kPanel:
        copy_window(input, position, group, panel);
        *entry = panel;
        panel += panel_pitch();
        break;
      case Form::kTaps:
        for (std::int32_t ky = 0; ky < shape_.kernel_height; ++ky) {
          for (std::int32_t kx = 0; kx < shape_.kernel_width; ++kx, entry += tile_rows_) {
            *entry = tap(input, position, ky, kx);
          }
        }
        break;
    }
  }
  const std::int32_t rest = count % tile_rows_;
  if (rest != 0) {
    const std::int8_t** row = table + count / tile_rows_ * tile_rows_ * segments_;
    for (std::int32_t segment = 0; segment < segments_; ++segment, row += tile_rows_) {
      std::fill(row + rest, row + tile_rows_, row[rest - 1]);
    }
  }
  return table;
}

}  // namespace cortado::neon
