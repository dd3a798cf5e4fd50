#pragma once

#include <optional>

#include "operation.h"
#include "package/limits.h"

namespace cortado {

// The window of a convolution or pooling table; nothing where a parameter is out of range.
template <typename Table>
std::optional<Window> read_window(const Table& table, std::uint32_t dilation_height,
                                  std::uint32_t dilation_width) {
  const auto fits = [](std::uint32_t value, std::uint32_t least) {
    return value >= least && value <= kMaxWindowParameter;
  };
  if (!fits(table.kernel_h(), 1) || !fits(table.kernel_w(), 1) || !fits(table.stride_h(), 1) ||
      !fits(table.stride_w(), 1) || !fits(table.pad_h(), 0) || !fits(table.pad_w(), 0) ||
      !fits(dilation_height, 1) || !fits(dilation_width, 1)) {
    return std::nullopt;
  }
  const auto number = [](std::uint32_t value) { return static_cast<std::int32_t>(value); };
  return Window{number(table.kernel_h()), number(table.kernel_w()), number(table.stride_h()),
                number(table.stride_w()), number(table.pad_h()),    number(table.pad_w()),
                number(dilation_height),  number(dilation_width)};
}

}  // namespace cortado
