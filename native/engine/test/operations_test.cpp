// Each operation but convolutions, built into a package with what its definition says as the golden output,
// read back and run. Shapes and values are seeded; a failure prints the seed.
#include <gtest/gtest.h>

#include "naive.h"
#include "operation_case.h"

namespace cortado {
namespace {

using format::ActivationKind;
using test::ActivationSpec;
using test::Array;
using test::Case;
using test::for_seeds;
using test::kScale;
using test::PackageBuilder;
using test::Random;
using test::random_activation;
using test::random_extents;
using test::random_float;
using test::random_int8;
using test::random_requantisation;
using test::RequantisationLists;

// A pooling as Caffe sizes it: rounded up, the last window clipped where there is padding.
struct PoolingCase {
  Extents in, out;
  PackageBuilder::PoolingSpec spec;

  explicit PoolingCase(Random& random) : in(random_extents(random)) {
    Window& w = spec.window;
    w.kernel_height = random.between(1, std::min(in.height + 1, 4));
    w.kernel_width = random.between(1, std::min(in.width + 1, 4));
    w.stride_height = random.between(1, w.kernel_height);
    w.stride_width = random.between(1, w.kernel_width);
    w.pad_height = random.between(w.kernel_height > in.height ? 1 : 0, w.kernel_height - 1);
    w.pad_width = random.between(w.kernel_width > in.width ? 1 : 0, w.kernel_width - 1);
    w.dilation_height = w.dilation_width = 1;
    const auto extent = [](std::int32_t input, std::int32_t kernel, std::int32_t stride, std::int32_t pad) {
      std::int32_t result = (input + 2 * pad - kernel + stride - 1) / stride + 1;
      if ((result - 1) * stride >= input + pad) --result;
      return result;
    };
    out = {in.batch, in.channels, extent(in.height, w.kernel_height, w.stride_height, w.pad_height),
           extent(in.width, w.kernel_width, w.stride_width, w.pad_width)};
  }

  // Visits each output position with its window.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    test::for_each_position(out, [&](std::int32_t n, std::int32_t c, std::int32_t y, std::int32_t x) {
      visit(n, c, y, x, test::pooling_window(spec.window, in, y, x));
    });
  }
};

TEST(Operations, Int8MaxPooling) {
  for_seeds(100, [](Case& c) {
    PoolingCase pool(c.random);
    const Array<std::int8_t> in = random_int8(c.random, pool.in);
    const bool relu = c.random.chance(30);
    Array<std::int8_t> out(pool.out);
    pool.for_each([&](auto n, auto channel, auto y, auto x, const test::PoolingWindow& window) {
      const std::int8_t largest = test::pooled_max(in, window, n, channel);
      out.at(n, channel, y, x) = relu && largest < 0 ? std::int8_t{0} : largest;
    });
    pool.spec.method = format::PoolingMethod::Max;
    if (relu) pool.spec.activation.kind = ActivationKind::ReLU;
    pool.spec.input = c.input(in);
    pool.spec.output = c.output(out);
    c.package.pooling("pool", pool.spec);
  });
}

TEST(Operations, Int8AveragePooling) {
  for_seeds(150, [](Case& c) {
    PoolingCase pool(c.random);
    const Array<std::int8_t> in = random_int8(c.random, pool.in);
    const bool to_float = c.random.chance(40);
    auto& divisors = pool.spec.divisors;
    pool.for_each([&](auto, auto, auto, auto, const test::PoolingWindow& window) {
      const auto divisor = static_cast<std::uint32_t>(window.divisor);
      if (std::find(divisors.begin(), divisors.end(), divisor) == divisors.end()) divisors.push_back(divisor);
    });
    const auto entries = static_cast<std::int32_t>(divisors.size());
    if (to_float) {
      for (std::int32_t i = 0; i < entries; ++i) pool.spec.output_factor.push_back(c.random.real());
      pool.spec.activation = random_activation(c.random, pool.out.channels);
    } else {
      pool.spec.requantisation = random_requantisation(c.random, entries, 4);
    }
    Array<std::int8_t> int8_out(pool.out);
    Array<float> float_out(pool.out);
    pool.for_each([&](auto n, auto channel, auto y, auto x, const test::PoolingWindow& window) {
      const auto sum = test::pooled_sum<std::int64_t>(in, window, n, channel);
      const auto entry = static_cast<std::size_t>(
          std::find(divisors.begin(), divisors.end(), static_cast<std::uint32_t>(window.divisor)) -
          divisors.begin());
      if (to_float) {
        const double value = static_cast<double>(sum) * static_cast<double>(pool.spec.output_factor[entry]);
        float_out.at(n, channel, y, x) =
            static_cast<float>(test::activate(pool.spec.activation, value, channel));
      } else {
        int8_out.at(n, channel, y, x) = test::requantise(pool.spec.requantisation, sum, entry);
      }
    });
    pool.spec.method = format::PoolingMethod::Average;
    pool.spec.input = c.input(in);
    pool.spec.output = to_float ? c.output(float_out) : c.output(int8_out);
    c.package.pooling("pool", pool.spec);
  });
}

TEST(Operations, FloatPooling) {
  for_seeds(100, [](Case& c) {
    PoolingCase pool(c.random);
    const Array<float> in = random_float(c.random, pool.in);
    const bool average = c.random.chance(50);
    pool.spec.method = average ? format::PoolingMethod::Average : format::PoolingMethod::Max;
    pool.spec.activation = random_activation(c.random, pool.out.channels);
    Array<float> out(pool.out);
    pool.for_each([&](auto n, auto channel, auto y, auto x, const test::PoolingWindow& window) {
      const double value = average ? test::pooled_sum<double>(in, window, n, channel) / window.divisor
                                   : static_cast<double>(test::pooled_max(in, window, n, channel));
      out.at(n, channel, y, x) = static_cast<float>(test::activate(pool.spec.activation, value, channel));
    });
    pool.spec.input = c.input(in);
    pool.spec.output = c.output(out);
    c.package.pooling("pool", pool.spec);
  });
}

TEST(Operations, Int8EltwiseSum) {
  for_seeds(60, [](Case& c) {
    const Array<std::int8_t> in = random_int8(c.random, random_extents(c.random));
    PackageBuilder::EltwiseSpec spec;
    const BlobIndex input = c.input(in);
    const std::int32_t count = c.random.between(1, 4);
    for (std::int32_t i = 0; i < count; ++i) {
      spec.inputs.push_back(input);
      spec.multipliers.push_back(static_cast<std::int16_t>(c.random.between(-32767, 32767)));
    }
    spec.shift = static_cast<std::uint8_t>(c.random.between(0, 20));
    if (c.random.chance(40)) spec.low = 0;
    // As far as a result moves by its whole range, and now and then further.
    if (c.random.chance(50)) spec.bias = c.random.between(-300, 300) * (1 << spec.shift);
    Array<std::int8_t> out(in.extents);
    for (std::size_t i = 0; i < in.values.size(); ++i) {
      std::int64_t t = spec.bias;
      for (const std::int16_t m : spec.multipliers) t += std::int64_t{in.values[i]} * m;
      const std::int64_t y = (t + (spec.shift > 0 ? std::int64_t{1} << (spec.shift - 1) : 0)) >> spec.shift;
      out.values[i] = static_cast<std::int8_t>(std::clamp<std::int64_t>(y, spec.low, spec.high));
    }
    spec.output = c.output(out);
    c.package.eltwise_sum("sum", spec);
  });
}

TEST(Operations, FloatEltwiseSum) {
  for_seeds(40, [](Case& c) {
    const Array<float> in = random_float(c.random, random_extents(c.random));
    PackageBuilder::EltwiseSpec spec;
    const BlobIndex input = c.input(in);
    double total = 0;
    for (std::int32_t i = c.random.between(1, 4); i > 0; --i) {
      spec.inputs.push_back(input);
      spec.coefficients.push_back(c.random.real());
      total += static_cast<double>(spec.coefficients.back());
    }
    spec.activation = random_activation(c.random, in.extents.channels);
    Array<float> out(in.extents);
    test::for_each_position(in.extents, [&](auto n, auto channel, auto y, auto x) {
      const double value = static_cast<double>(in.at(n, channel, y, x)) * total;
      out.at(n, channel, y, x) = static_cast<float>(test::activate(spec.activation, value, channel));
    });
    spec.output = c.output(out);
    c.package.eltwise_sum("sum", spec);
  });
}

// The same blob twice along each axis: such inputs cannot lie in the output, and are copied.
template <typename T>
void concat_case(Case& c, const Array<T>& in) {
  const std::int32_t axis = c.random.between(0, 3);
  Extents e = in.extents;
  const std::int32_t half = e.*kAxes[axis];
  e.*kAxes[axis] *= 2;
  Array<T> out(e);
  test::for_each_position(e, [&](std::int32_t n, std::int32_t channel, std::int32_t y, std::int32_t x) {
    out.at(n, channel, y, x) = in.at(axis == 0 ? n % half : n, axis == 1 ? channel % half : channel,
                                     axis == 2 ? y % half : y, axis == 3 ? x % half : x);
  });
  const BlobIndex input = c.input(in);
  c.package.concat("concat", {input, input}, c.output(out), static_cast<std::uint32_t>(axis));
}

TEST(Operations, Concat) {
  for_seeds(60, [](Case& c) {
    const Extents extents = random_extents(c.random);
    if (c.random.chance(50)) {
      concat_case(c, random_int8(c.random, extents));
    } else {
      concat_case(c, random_float(c.random, extents));
    }
  });
}

TEST(Operations, Int8Activation) {
  for_seeds(60, [](Case& c) {
    const Array<std::int8_t> in = random_int8(c.random, random_extents(c.random));
    Array<std::int8_t> out(in.extents);
    const BlobIndex input = c.input(in);
    if (c.random.chance(50)) {
      const auto high = static_cast<std::int8_t>(c.random.between(0, 127));
      for (std::size_t i = 0; i < in.values.size(); ++i)
        out.values[i] = std::clamp<std::int8_t>(in.values[i], 0, high);
      c.package.clamp("relu", input, c.output(out), 0, high);
      return;
    }
    const bool one = c.random.chance(50);
    const RequantisationLists lists = random_requantisation(c.random, one ? 1 : in.extents.channels, 3);
    test::for_each_position(in.extents, [&](auto n, auto channel, auto y, auto x) {
      out.at(n, channel, y, x) =
          test::requantise(lists, in.at(n, channel, y, x), one ? 0 : static_cast<std::size_t>(channel));
    });
    c.package.requantise("leaky", input, c.output(out), lists);
  });
}

TEST(Operations, FloatActivationAndAffine) {
  for_seeds(80, [](Case& c) {
    const Array<float> in = random_float(c.random, random_extents(c.random));
    const ActivationSpec spec = random_activation(c.random, in.extents.channels);
    const bool affine = c.random.chance(50);
    std::vector<float> scale;
    std::vector<float> shift;
    for (std::int32_t i = 0; i < in.extents.channels; ++i) {
      scale.push_back(affine ? c.random.real() : 1);
      shift.push_back(affine ? c.random.real() : 0);
    }
    Array<float> out(in.extents);
    test::for_each_position(in.extents, [&](auto n, auto channel, auto y, auto x) {
      const auto i = static_cast<std::size_t>(channel);
      const double value = static_cast<double>(in.at(n, channel, y, x)) * static_cast<double>(scale[i]) +
                           static_cast<double>(shift[i]);
      out.at(n, channel, y, x) = static_cast<float>(test::activate(spec, value, channel));
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(out);
    if (affine) {
      c.package.affine("affine", input, output, scale, shift, spec);
    } else {
      c.package.activation("activation", input, output, spec);
    }
  });
}

TEST(Operations, Softmax) {
  for_seeds(60, [](Case& c) {
    Array<float> in = random_float(c.random, random_extents(c.random));
    for (float& value : in.values) value *= 40;  // without the subtraction of the maximum this would overflow
    const std::int32_t axis = c.random.between(0, 3);
    Array<float> out(in.extents);
    const std::int32_t count = in.extents.*kAxes[axis];
    test::for_each_position(
        in.extents, [&](std::int32_t n, std::int32_t channel, std::int32_t y, std::int32_t x) {
          const double own = static_cast<double>(in.at(n, channel, y, x));
          double sum = 0;
          for (std::int32_t i = 0; i < count; ++i) {
            sum += std::exp(static_cast<double>(in.at(axis == 0 ? i : n, axis == 1 ? i : channel,
                                                      axis == 2 ? i : y, axis == 3 ? i : x)) -
                            own);
          }
          out.at(n, channel, y, x) = static_cast<float>(1 / sum);
        });
    const BlobIndex input = c.input(in);
    c.package.softmax("softmax", input, c.output(out), static_cast<std::uint32_t>(axis));
  });
}

TEST(Operations, ReshapeKeepsCaffesOrder) {
  for_seeds(40, [](Case& c) {
    const Array<std::int8_t> in = random_int8(c.random, random_extents(c.random));
    const Extents& e = in.extents;
    const Extents shapes[] = {{e.batch, e.channels * e.height * e.width, 1, 1},
                              {e.batch, e.width, e.channels, e.height},
                              {1, 1, e.batch * e.channels, e.height * e.width},
                              {e.elements(), 1, 1, 1}};
    Array<std::int8_t> out(shapes[c.random.between(0, 3)]);
    out.values = in.values;
    const BlobIndex input = c.input(in);
    c.package.reshape("reshape", input, c.output(out));
  });
}

TEST(Operations, QuantizeAndDequantize) {
  for_seeds(40, [](Case& c) {
    if (c.random.chance(50)) {
      Array<float> in = random_float(c.random, random_extents(c.random));
      for (float& value : in.values) value *= 5;
      Array<std::int8_t> out(in.extents);
      for (std::size_t i = 0; i < in.values.size(); ++i) {
        const double v = static_cast<double>(in.values[i] * kScale);
        out.values[i] = static_cast<std::int8_t>(
            std::clamp(v < 0 ? std::ceil(v - 0.5) : std::floor(v + 0.5), -127.0, 127.0));
      }
      const BlobIndex input = c.input(in);
      c.package.quantize("quantize", input, c.output(out));
    } else {
      const Array<std::int8_t> in = random_int8(c.random, random_extents(c.random));
      Array<float> out(in.extents);
      for (std::size_t i = 0; i < in.values.size(); ++i)
        out.values[i] = static_cast<float>(in.values[i]) * 0.05F;
      const BlobIndex input = c.input(in);
      c.package.dequantize("dequantize", input, c.output(out), 0.05F);
    }
  });
}

}  // namespace
}  // namespace cortado
