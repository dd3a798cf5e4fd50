#include <algorithm>
#include <set>

#include "package/limits.h"
#include "package/read_operation.h"
#include "package/read_window.h"
#include "pooling_window.h"

namespace cortado {
namespace {

// A sum of this many int8 values fits int32.
constexpr std::int64_t kMaxWindowElements = 1 << 24;

// Every window holds at least one element of the input: the first does where the padding is smaller than the
// kernel, the last where it starts before the input's end.
bool windows_fit(std::int64_t input, std::int64_t output, std::int64_t kernel, std::int64_t stride,
                 std::int64_t pad) {
  return pad < kernel && (output - 1) * stride - pad < input;
}

std::set<std::int32_t> divisors_along(std::int32_t input, std::int32_t output, std::int32_t kernel,
                                      std::int32_t stride, std::int32_t pad) {
  std::set<std::int32_t> divisors;
  for (std::int32_t i = 0; i < output; ++i)
    divisors.insert(window_range(i, kernel, stride, pad, input).divisor);
  return divisors;
}

}  // namespace

Pooling OperationReader::read(const format::Pooling& table) const {
  Pooling pooling{};
  pooling.input = index(table.input());
  pooling.output = index(table.output());
  const Blob& input = blob(pooling.input);
  const Blob& output = blob(pooling.output);
  const Extents& in = input.extents;
  const Extents& out = output.extents;

  const auto window = read_window(table, 1, 1);
  if (!window) damaged("its kernel, stride or padding is out of range");
  pooling.window = *window;
  require(in.batch == out.batch && in.channels == out.channels,
          "the batches or channels of its blobs differ");
  require(
      windows_fit(in.height, out.height, window->kernel_height, window->stride_height, window->pad_height) &&
          windows_fit(in.width, out.width, window->kernel_width, window->stride_width, window->pad_width),
      "its windows do not lie on its input");
  if (table.method() != format::PoolingMethod::Max && table.method() != format::PoolingMethod::Average) {
    unsupported("a pooling of kind " + std::to_string(static_cast<int>(table.method())) +
                " is not known to this agent");
  }
  const bool average = table.method() == format::PoolingMethod::Average;
  pooling.method = average ? PoolingMethod::kAverage : PoolingMethod::kMax;

  if (input.type == ElementType::kFloat32) {
    require_type(pooling.output, ElementType::kFloat32);
    pooling.activation = activation(table.activation(), out.channels);
    return pooling;
  }
  if (!average) {
    require_type(pooling.output, ElementType::kInt8);
    pooling.activation = activation(table.activation(), out.channels);
    if (pooling.activation.kind != ActivationKind::kNone &&
        pooling.activation.kind != ActivationKind::kRelu) {
      unsupported("a maximum of int8 takes no activation but ReLU");
    }
    return pooling;
  }

  require(
      std::int64_t{std::min(window->kernel_height, in.height)} * std::min(window->kernel_width, in.width) <=
          kMaxWindowElements,
      "the sums of its windows do not fit 32 bits");
  pooling.divisors = span_of(table.divisors());
  const auto rows =
      divisors_along(in.height, out.height, window->kernel_height, window->stride_height, window->pad_height);
  const auto columns =
      divisors_along(in.width, out.width, window->kernel_width, window->stride_width, window->pad_width);
  const std::set<std::uint64_t> known(pooling.divisors.begin(), pooling.divisors.end());
  for (const std::int32_t row : rows) {
    for (const std::int32_t column : columns) {
      require(known.count(static_cast<std::uint64_t>(row) * static_cast<std::uint64_t>(column)) != 0,
              "it lacks the divisor of one of its windows");
    }
  }
  if (output.type == ElementType::kInt8) {
    pooling.requantisation = requantisation(table.requantisation(), pooling.divisors.size());
  } else {
    pooling.output_factor = span_of(table.output_factor());
    require(pooling.output_factor.size() == pooling.divisors.size(),
            "it has not one output factor per divisor");
    require_finite(pooling.output_factor, "output factors");
    pooling.activation = activation(table.activation(), out.channels);
  }
  return pooling;
}

}  // namespace cortado
