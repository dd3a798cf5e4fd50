#include "crossing.h"

#include <algorithm>
#include <cstring>

#include "kernels/reference/activation_f32.h"

namespace cortado {
namespace {

constexpr std::size_t kWordBytes = 16;
constexpr std::size_t kNarrowBytes = 4;
constexpr std::int32_t kSumsPerWord = 4;
constexpr std::int32_t kEighth = 8;

std::size_t size(std::int32_t value) { return static_cast<std::size_t>(value); }

std::int32_t planes_of(std::int32_t channels) { return (channels + kPlaneChannels - 1) / kPlaneChannels; }

// Calls visit(first channel, channels, plane) for each plane of the blob.
template <typename Visit>
void for_each_plane(const SharedBlob& blob, const Visit& visit) {
  std::int32_t channel = 0;
  std::size_t plane = 0;
  for (const std::int32_t part : blob.layout) {
    for (std::int32_t c = 0; c < part; c += kPlaneChannels) {
      visit(channel + c, std::min(part - c, kPlaneChannels), plane++);
    }
    channel += part;
  }
}

std::size_t narrow_row_bytes(const Extents& extents) {
  return size(extents.width + extents.width % 2) * kNarrowBytes;
}

// Shared memory is touched in whole aligned words alone: it may be mapped as a device's, where a processor
// refuses anything else. What a word holds besides the channels is arbitrary.
void store_word(const std::int8_t* from, std::int32_t count, std::uint8_t* to) {
  std::uint8_t word[kWordBytes] = {};
  std::memcpy(word, from, size(count));
  std::memcpy(to, word, sizeof word);
}

void load_word(const std::uint8_t* from, std::int32_t count, std::int8_t* to) {
  std::uint8_t word[kWordBytes];
  std::memcpy(word, from, sizeof word);
  std::memcpy(to, word, size(count));
}

void to_narrow(const Image<const std::int8_t>& image, std::uint8_t* shared) {
  for (std::int32_t y = 0; y < image.extents.height; ++y) {
    std::uint8_t* to = shared + size(y) * narrow_row_bytes(image.extents);
    for (std::int32_t x = 0; x < image.extents.width; ++x, to += kNarrowBytes) {
      std::uint8_t pixel[kNarrowBytes] = {};
      std::memcpy(pixel, image.pixel(y, x), size(image.extents.channels));
      std::memcpy(to, pixel, sizeof pixel);
    }
  }
}

}  // namespace

std::size_t shared_bytes(const SharedBlob& blob, const Extents& extents) {
  if (blob.format == BlobFormat::kNarrow) return size(extents.height) * narrow_row_bytes(extents);
  const std::size_t plane = size(extents.pixels()) * kWordBytes;
  if (blob.format == BlobFormat::kRaw) return size((extents.channels + kEighth - 1) / kEighth) * 2 * plane;
  std::size_t planes = 0;
  for (const std::int32_t part : blob.layout) planes += size(planes_of(part));
  return planes * plane;
}

void to_shared(const SharedBlob& blob, const Image<const std::int8_t>& image, std::uint8_t* shared) {
  if (blob.format == BlobFormat::kNarrow) return to_narrow(image, shared);
  const std::size_t pixels = size(image.extents.pixels());
  for_each_plane(blob, [&](std::int32_t first, std::int32_t count, std::size_t plane) {
    const std::int8_t* from = image.data + first;
    std::uint8_t* to = shared + plane * pixels * kWordBytes;
    for (std::size_t i = 0; i < pixels; ++i, from += image.pixel_stride, to += kWordBytes)
      store_word(from, count, to);
  });
}

void from_shared(const SharedBlob& blob, const std::uint8_t* shared, const Image<std::int8_t>& image) {
  const std::size_t pixels = size(image.extents.pixels());
  for_each_plane(blob, [&](std::int32_t first, std::int32_t count, std::size_t plane) {
    std::int8_t* to = image.data + first;
    const std::uint8_t* from = shared + plane * pixels * kWordBytes;
    for (std::size_t i = 0; i < pixels; ++i, to += image.pixel_stride, from += kWordBytes)
      load_word(from, count, to);
  });
}

void from_shared_sums(const std::uint8_t* shared, const DequantisationF32& dequantisation,
                      const Image<float>& image) {
  const std::size_t pixels = size(image.extents.pixels());
  const std::int32_t channels = image.extents.channels;
  for (std::size_t i = 0; i < pixels; ++i) {
    float* to = image.data + static_cast<std::ptrdiff_t>(i) * image.pixel_stride;
    for (std::int32_t c = 0; c < channels; ++c) {
      const std::size_t word = size(c / kSumsPerWord) * pixels + i;
      std::int32_t sum;
      std::memcpy(&sum, shared + word * kWordBytes + size(c % kSumsPerWord) * sizeof sum, sizeof sum);
      to[c] = static_cast<float>(sum) * dequantisation.factor[c];
    }
    activate(dequantisation.activation, to, 0, channels);
  }
}

}  // namespace cortado
