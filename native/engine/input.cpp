#include "input.h"

#include <cmath>
#include <cstring>

#include "arithmetic.h"
#include "layout.h"

namespace cortado {
namespace {

bool has_table(const Network& network, const Blob& blob) {
  return blob.type == ElementType::kInt8 && !network.preprocessing.table.empty();
}

// Calls visit(element, channel, index within an image) in Caffe's order.
template <typename T, typename Visit>
void for_each_element(const Image<T>& image, const Visit& visit) {
  const std::size_t plane =
      static_cast<std::size_t>(image.extents.height) * static_cast<std::size_t>(image.extents.width);
  const std::size_t count = plane * static_cast<std::size_t>(image.extents.channels);
  std::size_t i = 0;
  for_each_in_caffe_order(image, [&](T& element) {
    visit(element, i / plane, i);
    if (++i == count) i = 0;
  });
}

class Normalisation {
 public:
  explicit Normalisation(const Preprocessing& preprocessing) : p_(preprocessing) {}
  float operator()(std::uint8_t pixel, std::size_t channel, std::size_t index) const {
    const float mean = !p_.mean_image.empty() ? p_.mean_image[index]
                       : p_.mean.empty()      ? 0.0F
                                              : p_.mean[channel];
    return (static_cast<float>(pixel) - mean) * p_.norm;
  }

 private:
  const Preprocessing& p_;
};

}  // namespace

bool takes_pixels(const Network& network, BlobIndex input) {
  const Blob& blob = network.blobs[input];
  const Preprocessing& p = network.preprocessing;
  const auto channels = static_cast<std::size_t>(blob.extents.channels);
  if (has_table(network, blob)) return p.table.size() == 256 * channels;
  const std::size_t image =
      channels * static_cast<std::size_t>(blob.extents.height) * static_cast<std::size_t>(blob.extents.width);
  return std::isfinite(p.norm) && (p.mean.empty() || p.mean.size() == channels) &&
         (p.mean_image.empty() || p.mean_image.size() == image);
}

void write_pixels(const Network& network, BlobIndex input, const std::uint8_t* pixels,
                  const BlobMemory& memory) {
  const Blob& blob = network.blobs[input];
  const Normalisation normalised(network.preprocessing);
  if (has_table(network, blob)) {
    const std::int8_t* table = network.preprocessing.table.data();
    for_each_element(memory.as<std::int8_t>(), [&](std::int8_t& element, std::size_t channel, std::size_t) {
      element = table[channel * 256 + *pixels++];
    });
  } else if (blob.type == ElementType::kInt8) {
    for_each_element(memory.as<std::int8_t>(),
                     [&](std::int8_t& element, std::size_t channel, std::size_t index) {
                       element = quantise(normalised(*pixels++, channel, index), blob.scale);
                     });
  } else {
    for_each_element(memory.as<float>(), [&](float& element, std::size_t channel, std::size_t index) {
      element = normalised(*pixels++, channel, index);
    });
  }
}

void write_floats(const Network& network, BlobIndex input, const std::uint8_t* values,
                  const BlobMemory& memory) {
  const Blob& blob = network.blobs[input];
  const auto next = [&values] {
    float value = 0;
    std::memcpy(&value, values, sizeof value);
    values += sizeof value;
    return value;
  };
  if (blob.type == ElementType::kInt8) {
    for_each_in_caffe_order(memory.as<std::int8_t>(),
                            [&](std::int8_t& element) { element = quantise(next(), blob.scale); });
  } else {
    for_each_in_caffe_order(memory.as<float>(), [&](float& element) { element = next(); });
  }
}

void write_golden(const Network& network, const GoldenBlob& golden, const BlobMemory& memory) {
  if (golden.type == GoldenType::kPixels) {
    write_pixels(network, golden.blob, golden.bytes.data(), memory);
  } else {
    write_floats(network, golden.blob, golden.bytes.data(), memory);
  }
}

}  // namespace cortado
