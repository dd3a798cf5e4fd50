// Blobs to shared memory and back, against the layouts as docs/fpga/instructions.md defines them.
#include "crossing.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "random_shapes.h"

namespace cortado {
namespace {

using test::Random;

constexpr std::uint8_t kUntouched = 0x55;

struct Shape {
  Extents extents;
  std::ptrdiff_t pixel_stride;
  std::vector<std::int32_t> layout;
};

Shape random_shape(Random& random, bool narrow) {
  Shape shape{{1, 0, random.between(1, 9), random.between(1, 9)}, 0, {}};
  const std::int32_t parts = narrow ? 1 : random.between(1, 4);
  for (std::int32_t i = 0; i < parts; ++i) shape.layout.push_back(random.between(1, narrow ? 4 : 40));
  for (const std::int32_t part : shape.layout) shape.extents.channels += part;
  shape.pixel_stride = shape.extents.channels + (random.chance(50) ? random.between(0, 7) : 0);
  return shape;
}

std::vector<std::int8_t> random_image(Random& random, const Shape& shape) {
  std::vector<std::int8_t> values(static_cast<std::size_t>(shape.extents.pixels() * shape.pixel_stride));
  for (auto& value : values) value = random.int8();
  return values;
}

// Where a value lies in planes: byte (c mod 16) of word y * width + x of plane c div 16, each part starting a
// plane.
std::size_t place_in_planes(const Shape& shape, std::int32_t channel, std::int32_t y, std::int32_t x) {
  std::size_t plane = 0;
  for (const std::int32_t part : shape.layout) {
    if (channel < part) break;
    channel -= part;
    plane += static_cast<std::size_t>((part + 15) / 16);
  }
  plane += static_cast<std::size_t>(channel / 16);
  const auto pixels = static_cast<std::size_t>(shape.extents.pixels());
  return (plane * pixels + static_cast<std::size_t>(y * shape.extents.width + x)) * 16 +
         static_cast<std::size_t>(channel % 16);
}

template <typename Visit>
void for_each_value(const Shape& shape, const Visit& visit) {
  for (std::int32_t y = 0; y < shape.extents.height; ++y)
    for (std::int32_t x = 0; x < shape.extents.width; ++x)
      for (std::int32_t c = 0; c < shape.extents.channels; ++c) visit(c, y, x);
}

TEST(Crossing, PlanesAreAsDefined) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Shape shape = random_shape(random, false);
    const SharedBlob blob{0, BlobFormat::kPlanes, 0, shape.layout};
    const std::vector<std::int8_t> values = random_image(random, shape);
    const Image<const std::int8_t> image{values.data(), shape.extents, shape.pixel_stride};
    std::vector<std::uint8_t> shared(shared_bytes(blob, shape.extents), kUntouched);
    to_shared(blob, image, shared.data());
    std::size_t written = 0;
    for_each_value(shape, [&](std::int32_t c, std::int32_t y, std::int32_t x) {
      ASSERT_EQ(static_cast<std::int8_t>(shared.at(place_in_planes(shape, c, y, x))), image.pixel(y, x)[c]);
      ++written;
    });
    ASSERT_LE(written, shared.size());

    std::vector<std::int8_t> back(values.size(), 99);
    from_shared(blob, shared.data(), {back.data(), shape.extents, shape.pixel_stride});
    const Image<const std::int8_t> result{back.data(), shape.extents, shape.pixel_stride};
    for_each_value(shape, [&](std::int32_t c, std::int32_t y, std::int32_t x) {
      ASSERT_EQ(result.pixel(y, x)[c], image.pixel(y, x)[c]);
    });
    // What lies between the pixels is another blob's.
    for (std::int32_t pixel = 0; pixel < shape.extents.pixels(); ++pixel) {
      for (std::ptrdiff_t c = shape.extents.channels; c < shape.pixel_stride; ++c)
        ASSERT_EQ(back[static_cast<std::size_t>(pixel * shape.pixel_stride + c)], 99);
    }
  }
}

TEST(Crossing, NarrowMapsAreAsDefined) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Shape shape = random_shape(random, true);
    const SharedBlob blob{0, BlobFormat::kNarrow, 0, shape.layout};
    const std::vector<std::int8_t> values = random_image(random, shape);
    const Image<const std::int8_t> image{values.data(), shape.extents, shape.pixel_stride};
    const auto row = static_cast<std::size_t>((shape.extents.width + 1) / 2 * 2);
    std::vector<std::uint8_t> shared(shared_bytes(blob, shape.extents), kUntouched);
    ASSERT_EQ(shared.size(), row * static_cast<std::size_t>(shape.extents.height) * 4);
    to_shared(blob, image, shared.data());
    for_each_value(shape, [&](std::int32_t c, std::int32_t y, std::int32_t x) {
      const std::size_t at =
          (static_cast<std::size_t>(y) * row + static_cast<std::size_t>(x)) * 4 + static_cast<std::size_t>(c);
      ASSERT_EQ(static_cast<std::int8_t>(shared.at(at)), image.pixel(y, x)[c]);
    });
  }
}

TEST(Crossing, SumsBecomeFloatsAsTheConvolutionHasThem) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Extents extents{1, random.between(1, 30), random.between(1, 5), random.between(1, 5)};
    const auto channels = static_cast<std::size_t>(extents.channels);
    const auto pixels = static_cast<std::size_t>(extents.pixels());
    const SharedBlob blob{0, BlobFormat::kRaw, 0, {extents.channels}};
    std::vector<std::uint8_t> shared(shared_bytes(blob, extents), kUntouched);
    ASSERT_EQ(shared.size(), (channels + 7) / 8 * 2 * pixels * 16);
    std::vector<std::int32_t> sums(channels * pixels);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] = random.between(-(1 << 27), 1 << 27);
      const std::size_t c = i % channels, pixel = i / channels;
      std::memcpy(shared.data() + ((c / 4) * pixels + pixel) * 16 + c % 4 * 4, &sums[i], 4);
    }
    std::vector<float> factor(channels);
    for (float& value : factor) value = random.real();
    std::vector<float> result(sums.size());
    Activation activation{};
    activation.kind = ActivationKind::kRelu;
    from_shared_sums(shared.data(), {factor.data(), activation},
                     {result.data(), extents, static_cast<std::ptrdiff_t>(channels)});
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const float value = static_cast<float>(sums[i]) * factor[i % channels];
      ASSERT_EQ(result[i], value > 0 ? value : 0);
    }
  }
}

}  // namespace
}  // namespace cortado
