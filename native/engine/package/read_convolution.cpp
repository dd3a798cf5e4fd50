#include <cstdlib>

#include "package/limits.h"
#include "package/read_operation.h"
#include "package/read_window.h"

namespace cortado {
namespace {

// Caffe's output extent, or 0 where the kernel does not fit the padded input.
std::int64_t convolved_extent(std::int64_t input, std::int64_t kernel, std::int64_t stride, std::int64_t pad,
                              std::int64_t dilation) {
  const std::int64_t room = input + 2 * pad - (dilation * (kernel - 1) + 1);
  return room < 0 ? 0 : room / stride + 1;
}

}  // namespace

Convolution OperationReader::read(const format::Convolution& table) const {
  Convolution convolution{};
  convolution.input = index(table.input());
  convolution.output = index(table.output());
  const Extents& input = blob(convolution.input).extents;
  const Extents& output = blob(convolution.output).extents;

  const auto window = read_window(table, table.dilation_h(), table.dilation_w());
  if (!window) damaged("its kernel, stride, padding or dilation is out of range");
  convolution.window = *window;
  require(input.batch == output.batch, "the batches of its blobs differ");
  require(output.height == convolved_extent(input.height, window->kernel_height, window->stride_height,
                                            window->pad_height, window->dilation_height) &&
              output.width == convolved_extent(input.width, window->kernel_width, window->stride_width,
                                               window->pad_width, window->dilation_width),
          "its output's extent does not follow from its input's");

  const std::uint32_t group = table.group();
  require(group >= 1 && group <= static_cast<std::uint32_t>(input.channels) &&
              static_cast<std::uint32_t>(input.channels) % group == 0 &&
              static_cast<std::uint32_t>(output.channels) % group == 0,
          "its groups do not divide its channels");
  convolution.group = static_cast<std::int32_t>(group);
  convolution.pad_level = table.pad_level();

  const bool quantised = blob(convolution.input).type == ElementType::kInt8;
  convolution.half_weights = !quantised && table.weight_type() == format::DataType::Float16;
  const format::DataType weight_type = quantised ? format::DataType::Int8 : format::DataType::Float32;
  if (table.weight_type() != weight_type && !convolution.half_weights)
    unsupported("its weights are of a type that does not fit its input");
  const std::uint64_t weights = bounded_product(
      {static_cast<std::uint64_t>(output.channels), static_cast<std::uint64_t>(input.channels) / group,
       static_cast<std::uint64_t>(window->kernel_height), static_cast<std::uint64_t>(window->kernel_width),
       quantised ? 1U : (convolution.half_weights ? 2U : 4U)},
      kMaxBlobBytes);
  convolution.weights = span_of(table.weights());
  require(convolution.weights.size() == weights, "it has not as many weights as its shape needs");
  if (quantised) {
    check_int8_convolution(table, convolution);
  } else {
    check_float_convolution(table, convolution);
  }
  return convolution;
}

void OperationReader::check_int8_convolution(const format::Convolution& table,
                                             Convolution& convolution) const {
  const Blob& output = blob(convolution.output);
  const auto channels = static_cast<std::size_t>(output.extents.channels);
  convolution.bias32 = span_of(table.bias32());
  require(convolution.bias32.size() == channels, "it has not one bias per output channel");
  require(convolution.pad_level != INT8_MIN, "its padding is below -127");
  check_sums(convolution);
  if (output.type == ElementType::kInt8) {
    convolution.requantisation = requantisation(table.requantisation(), channels);
  } else {
    convolution.output_factor = span_of(table.output_factor());
    require(convolution.output_factor.size() == channels, "it has not one output factor per channel");
    require_finite(convolution.output_factor, "output factors");
    convolution.activation = activation(table.activation(), output.extents.channels);
  }
}

void OperationReader::check_float_convolution(const format::Convolution& table,
                                              Convolution& convolution) const {
  const Blob& output = blob(convolution.output);
  require_type(convolution.output, ElementType::kFloat32);
  require(convolution.pad_level == 0, "its padding is not 0");
  convolution.bias = span_of(table.bias_float());
  require(convolution.bias.size() == static_cast<std::size_t>(output.extents.channels),
          "it has not one bias per output channel");
  convolution.activation = activation(table.activation(), output.extents.channels);
}

// Accumulators are int32: 127 * sum(|w|) + |bias| must stay below 2^31.
void OperationReader::check_sums(const Convolution& convolution) const {
  const std::size_t channels = convolution.bias32.size();
  const std::size_t per_channel = convolution.weights.size() / channels;
  const auto* weights = reinterpret_cast<const std::int8_t*>(convolution.weights.data());
  for (std::size_t c = 0; c < channels; ++c) {
    std::int64_t sum = 0;
    bool smallest = false;
    for (const std::int8_t* w = weights + c * per_channel; w != weights + (c + 1) * per_channel; ++w) {
      sum += std::abs(static_cast<int>(*w));
      smallest |= *w == INT8_MIN;
    }
    require(!smallest, "a weight is below -127");
    require(127 * sum + std::abs(static_cast<std::int64_t>(convolution.bias32[c])) < std::int64_t{1} << 31,
            "its sums do not fit 32 bits");
  }
}

}  // namespace cortado
