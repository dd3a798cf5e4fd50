// A blob as a package has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cortado {

enum class ElementType : std::uint8_t { kInt8, kFloat32 };

inline std::size_t element_bytes(ElementType type) { return type == ElementType::kInt8 ? 1 : 4; }

// Caffe's shape, trailing extents that are not there being 1. Elements and bytes of every blob are below
// 2^31.
struct Extents {
  std::int32_t batch = 1, channels = 1, height = 1, width = 1;

  std::int32_t elements() const { return batch * channels * height * width; }
  std::int32_t pixels() const { return batch * height * width; }
  bool operator==(const Extents& other) const {
    return batch == other.batch && channels == other.channels && height == other.height &&
           width == other.width;
  }
  bool operator!=(const Extents& other) const { return !(*this == other); }
};

using BlobIndex = std::uint32_t;

struct Blob {
  std::string_view name;
  ElementType type = ElementType::kFloat32;
  std::vector<std::int32_t> shape;  // as the package has it, rank 1 to 4
  Extents extents;
  float scale = 0;                     // int8 = round(float * scale)
  std::optional<std::uint32_t> check;  // CRC-32 of its bytes in Caffe's order on the first golden input
};

// The extent along an axis: 0 batch, 1 channels, 2 height, 3 width.
inline constexpr std::int32_t Extents::*kAxes[] = {&Extents::batch, &Extents::channels, &Extents::height,
                                                   &Extents::width};

}  // namespace cortado
