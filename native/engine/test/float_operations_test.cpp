// Operations in float against their definitions with the C library's functions.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "operation_case.h"

namespace cortado {
namespace {

using format::OperationBody;
using format::UnaryFunction;
using test::Array;
using test::Case;
using test::for_each_position;
using test::for_seeds;
using test::random_extents;
using test::random_float;

double wide(float value) { return static_cast<double>(value); }

double naive_unary(UnaryFunction function, double x, double a, double b, double c) {
  switch (function) {
    case UnaryFunction::Abs:
      return std::fabs(x);
    case UnaryFunction::Elu:
      return x > 0 ? x : a * std::expm1(x);
    case UnaryFunction::Sigmoid:
      return 1 / (1 + std::exp(-x));
    case UnaryFunction::Tanh:
      return std::tanh(x);
    case UnaryFunction::Power:
      return std::pow(a + b * x, c);
    case UnaryFunction::Exp:
      return std::exp(a + b * x);
    case UnaryFunction::Log:
      return std::log(a + b * x) * c;
    case UnaryFunction::Bnll:
      return std::log1p(std::exp(x));
    case UnaryFunction::Threshold:
      return x > a ? 1 : 0;
    case UnaryFunction::Swish:
      return x / (1 + std::exp(-a * x));
    case UnaryFunction::Clip:
      return std::fmin(std::fmax(x, a), b);
  }
  return 0;
}

TEST(FloatOperations, Unary) {
  for_seeds(220, [](Case& c) {
    const auto function = static_cast<UnaryFunction>(c.random.between(0, 10));
    Array<float> in = random_float(c.random, random_extents(c.random));
    double a = wide(c.random.real());
    double b = wide(c.random.real());
    double exponent = wide(c.random.real());
    if (function == UnaryFunction::Power || function == UnaryFunction::Log) {
      a = 3;  // what it takes the power or logarithm of is positive
      b = 1;
      if (c.random.chance(30)) exponent = 0.75;
      if (c.random.chance(30)) exponent = c.random.between(-3, 3);
    }
    if (function == UnaryFunction::Clip) b = a + 1;
    if (function == UnaryFunction::Threshold) a = 0.501;  // between the values that occur
    Array<float> out(in.extents);
    for (std::size_t i = 0; i < in.values.size(); ++i)
      out.values[i] = static_cast<float>(naive_unary(function, wide(in.values[i]), a, b, exponent));
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(out);
    c.package.add("unary", OperationBody::Unary,
                  format::CreateUnary(c.package.tables(), input, output, function, a, b, exponent));
  });
}

TEST(FloatOperations, EltwiseProductAndMaximum) {
  for_seeds(80, [](Case& c) {
    const bool product = c.random.chance(50);
    const Extents extents = random_extents(c.random);
    const test::ActivationSpec activation = test::random_activation(c.random, extents.channels);
    std::vector<Array<float>> in;
    for (std::int32_t i = c.random.between(1, 4); i > 0; --i) in.push_back(random_float(c.random, extents));
    Array<float> out(extents);
    for_each_position(extents, [&](auto n, auto channel, auto y, auto x) {
      double value = wide(in[0].at(n, channel, y, x));
      for (std::size_t i = 1; i < in.size(); ++i) {
        const double other = wide(in[i].at(n, channel, y, x));
        value = product ? value * other : std::fmax(value, other);
      }
      out.at(n, channel, y, x) = static_cast<float>(test::activate(activation, value, channel));
    });
    std::vector<BlobIndex> inputs;
    for (const auto& array : in) inputs.push_back(c.input(array, "input " + std::to_string(inputs.size())));
    const BlobIndex output = c.output(out);
    auto& tables = c.package.tables();
    const auto table = format::CreateActivationDirect(
        tables, activation.kind, activation.slopes.empty() ? nullptr : &activation.slopes);
    c.package.add(
        "eltwise", OperationBody::Eltwise,
        format::CreateEltwiseDirect(tables, &inputs, output,
                                    product ? format::EltwiseFunction::Product : format::EltwiseFunction::Max,
                                    0, 0, table));
  });
}

TEST(FloatOperations, Int8Maximum) {
  for_seeds(60, [](Case& c) {
    const Extents extents = random_extents(c.random);
    const Array<std::int8_t> a = test::random_int8(c.random, extents);
    const Array<std::int8_t> b = test::random_int8(c.random, extents);
    const auto low = static_cast<std::int8_t>(c.random.chance(50) ? 0 : -127);
    Array<std::int8_t> out(extents);
    for (std::size_t i = 0; i < a.values.size(); ++i)
      out.values[i] = std::clamp<std::int8_t>(std::max(a.values[i], b.values[i]), low, 100);
    const std::vector<BlobIndex> inputs = {c.input(a, "a"), c.input(b, "b")};
    const BlobIndex output = c.output(out);
    c.package.add("max", OperationBody::Eltwise,
                  format::CreateEltwiseDirect(c.package.tables(), &inputs, output,
                                              format::EltwiseFunction::Max, low, 100));
  });
}

TEST(FloatOperations, Broadcast) {
  for_seeds(100, [](Case& c) {
    const Array<float> in = random_float(c.random, random_extents(c.random));
    Extents repeated = in.extents;
    for (const auto axis : kAxes)
      if (c.random.chance(50)) repeated.*axis = 1;
    const Array<float> operand = random_float(c.random, repeated);
    const bool add = c.random.chance(50);
    Array<float> out(in.extents);
    for_each_position(in.extents, [&](auto n, auto channel, auto y, auto x) {
      const float other = operand.at(n % repeated.batch, channel % repeated.channels, y % repeated.height,
                                     x % repeated.width);
      const float value = in.at(n, channel, y, x);
      out.at(n, channel, y, x) = add ? value + other : value * other;
    });
    const BlobIndex input = c.input(in);
    const BlobIndex second = c.input(operand, "operand");
    const BlobIndex output = c.output(out);
    c.package.add(
        "broadcast", OperationBody::Broadcast,
        format::CreateBroadcast(c.package.tables(), input, second, output,
                                add ? format::BroadcastFunction::Add : format::BroadcastFunction::Multiply));
  });
}

TEST(FloatOperations, InterpPutsCornersOnCorners) {
  for_seeds(100, [](Case& c) {
    const Array<float> in = random_float(c.random, random_extents(c.random));
    Array<float> out(
        {in.extents.batch, in.extents.channels, c.random.between(1, 20), c.random.between(1, 20)});
    // Each input pixel counts by its distance: the tent function.
    const auto weight = [](std::int32_t i, std::int32_t input, std::int32_t o, std::int32_t output) {
      const double place = output == 1 ? 0 : static_cast<double>(o) * (input - 1) / (output - 1);
      return std::fmax(0.0, 1 - std::fabs(place - i));
    };
    for_each_position(out.extents, [&](std::int32_t n, std::int32_t channel, std::int32_t y, std::int32_t x) {
      double sum = 0;
      for (std::int32_t iy = 0; iy < in.extents.height; ++iy) {
        for (std::int32_t ix = 0; ix < in.extents.width; ++ix) {
          sum += wide(in.at(n, channel, iy, ix)) * weight(iy, in.extents.height, y, out.extents.height) *
                 weight(ix, in.extents.width, x, out.extents.width);
        }
      }
      out.at(n, channel, y, x) = static_cast<float>(sum);
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(out);
    c.package.add("interp", OperationBody::Interp, format::CreateInterp(c.package.tables(), input, output));
  });
}

TEST(FloatOperations, LocalResponse) {
  for_seeds(120, [](Case& c) {
    const Array<float> in = random_float(c.random, random_extents(c.random));
    const Extents& e = in.extents;
    const std::int32_t size = 2 * c.random.between(0, 4) + 1;
    const std::int32_t half = size / 2;
    const bool within = c.random.chance(50);
    const double factor = 0.01 * c.random.between(1, 50);
    const double beta = c.random.chance(50) ? 0.75 : 0.1 * c.random.between(1, 20);
    const double k = c.random.between(1, 3);
    Array<float> out(e);
    for_each_position(e, [&](std::int32_t n, std::int32_t channel, std::int32_t y, std::int32_t x) {
      double sum = 0;
      for_each_position(e, [&](std::int32_t m, std::int32_t i, std::int32_t v, std::int32_t u) {
        const bool near = within ? i == channel && std::abs(v - y) <= half && std::abs(u - x) <= half
                                 : v == y && u == x && std::abs(i - channel) <= half;
        if (m == n && near) sum += wide(in.at(m, i, v, u)) * wide(in.at(m, i, v, u));
      });
      out.at(n, channel, y, x) =
          static_cast<float>(wide(in.at(n, channel, y, x)) / std::pow(k + factor * sum, beta));
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(out);
    c.package.add("lrn", OperationBody::LocalResponse,
                  format::CreateLocalResponse(c.package.tables(), input, output,
                                              static_cast<std::uint32_t>(size), within, factor, beta, k));
  });
}

TEST(FloatOperations, Normalize) {
  for_seeds(100, [](Case& c) {
    const Array<float> in = random_float(c.random, random_extents(c.random));
    const Extents& e = in.extents;
    const bool across_spatial = c.random.chance(50);
    std::vector<float> scale;
    for (std::int32_t i = c.random.chance(50) ? 1 : e.channels; i > 0; --i) scale.push_back(c.random.real());
    Array<float> out(e);
    for_each_position(e, [&](std::int32_t n, std::int32_t channel, std::int32_t y, std::int32_t x) {
      double sum = 1e-4;
      for_each_position({1, e.channels, e.height, e.width}, [&](auto, std::int32_t i, auto v, auto u) {
        if (across_spatial || (v == y && u == x)) sum += wide(in.at(n, i, v, u)) * wide(in.at(n, i, v, u));
      });
      const float factor = scale[scale.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
      out.at(n, channel, y, x) =
          static_cast<float>(wide(in.at(n, channel, y, x)) / std::sqrt(sum) * wide(factor));
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(out);
    c.package.add(
        "normalize", OperationBody::Normalize,
        format::CreateNormalizeDirect(c.package.tables(), input, output, across_spatial, 1e-4, &scale));
  });
}

TEST(FloatOperations, Reduction) {
  for_seeds(90, [](Case& c) {
    const Array<float> in = random_float(c.random, random_extents(c.random));
    const auto function = static_cast<format::ReductionFunction>(c.random.between(0, 2));
    const double factor = wide(c.random.real());
    // All axes from one on are added up.
    const auto rank = static_cast<std::size_t>(c.random.between(1, 3));
    Extents kept;
    for (std::size_t axis = 0; axis < rank; ++axis) kept.*kAxes[axis] = in.extents.*kAxes[axis];
    Array<float> out(kept, rank);
    const std::size_t count = in.values.size() / out.values.size();
    for (std::size_t i = 0; i < out.values.size(); ++i) {
      double sum = 0;
      for (std::size_t j = i * count; j < (i + 1) * count; ++j) {
        const double x = wide(in.values[j]);
        sum += function == format::ReductionFunction::Sum           ? x
               : function == format::ReductionFunction::AbsoluteSum ? std::fabs(x)
                                                                    : x * x;
      }
      out.values[i] = static_cast<float>(sum * factor);
    }
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(out);
    c.package.add("reduction", OperationBody::Reduction,
                  format::CreateReduction(c.package.tables(), input, output, function, factor));
  });
}

TEST(FloatOperations, ArgMax) {
  for_seeds(100, [](Case& c) {
    Array<float> in = random_float(c.random, random_extents(c.random));
    for (float& value : in.values) value = std::round(value * 3);  // many are equal
    const auto axis = static_cast<std::size_t>(c.random.between(0, 3));
    const std::int32_t count = in.extents.*kAxes[axis];
    const bool indices = c.random.chance(50);
    Extents kept = in.extents;
    kept.*kAxes[axis] = c.random.between(1, std::min(count, 4));
    Array<float> out(kept);
    for_each_position(kept, [&](std::int32_t n, std::int32_t channel, std::int32_t y, std::int32_t x) {
      const auto value = [&](std::int32_t i) {
        return in.at(axis == 0 ? i : n, axis == 1 ? i : channel, axis == 2 ? i : y, axis == 3 ? i : x);
      };
      std::vector<std::int32_t> order(static_cast<std::size_t>(count));
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return value(a) > value(b); });
      const std::int32_t place = std::array<std::int32_t, 4>{n, channel, y, x}[axis];
      const std::int32_t best = order[static_cast<std::size_t>(place)];
      out.at(n, channel, y, x) = indices ? static_cast<float>(best) : value(best);
    });
    const BlobIndex input = c.input(in);
    const BlobIndex output = c.output(out);
    c.package.add(
        "argmax", OperationBody::ArgMax,
        format::CreateArgMax(c.package.tables(), input, output, static_cast<std::uint32_t>(axis), indices));
  });
}

}  // namespace
}  // namespace cortado
