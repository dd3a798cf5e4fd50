// Convolutions: the NEON factory is asked first, the reference takes what it leaves.
#include <cstring>
#include <memory>
#include <vector>

#include "half.h"
#include "kernels/reference/convolution_f32.h"
#include "kernels/reference/depthwise_f32.h"
#include "prepared_operation.h"

namespace cortado {
namespace {

ConvolutionShape shape_of(const Convolution& convolution, const BlobMemory& input, const BlobMemory& output) {
  const Window& w = convolution.window;
  return {input.extents.batch,   input.extents.height, input.extents.width,     input.extents.channels,
          output.extents.height, output.extents.width, output.extents.channels, w.kernel_height,
          w.kernel_width,        w.stride_height,      w.stride_width,          w.pad_height,
          w.pad_width,           w.dilation_height,    w.dilation_width,        convolution.group,
          input.pixel_stride,    output.pixel_stride,  convolution.pad_level};
}

std::uint64_t macs_of(const ConvolutionShape& s) {
  const auto number = [](std::int32_t value) { return static_cast<std::uint64_t>(value); };
  return number(s.batch) * number(s.output_height) * number(s.output_width) * number(s.output_channels) *
         number(s.input_channels / s.group) * number(s.kernel_height) * number(s.kernel_width);
}

const std::int8_t* int8_weights(const Convolution& convolution) {
  return reinterpret_cast<const std::int8_t*>(convolution.weights.data());
}

// `epilogue` says what becomes of the accumulators: requantised, or left as float for a blob that no
// quantised layer reads.
template <typename Epilogue>
std::unique_ptr<Int8Convolution<typename Epilogue::Output>> choose_kernel(const Convolution& convolution,
                                                                          const ConvolutionShape& shape,
                                                                          const Epilogue& epilogue,
                                                                          const PreparationContext& context) {
  const std::int8_t* weights = int8_weights(convolution);
  const std::int32_t* bias = convolution.bias32.data();
#if defined(CORTADO_HAS_NEON)
  if (context.backend != Backend::kReference && context.cpu.neon) {
    auto kernel = make_neon_convolution_s8(context.cpu, shape, weights, bias, epilogue);
    if (kernel != nullptr) return kernel;
  }
#else
  static_cast<void>(context);
#endif
  return make_reference_convolution_s8(shape, weights, bias, epilogue);
}

template <typename Epilogue>
void prepare_int8(PreparedOperation& prepared, const Convolution& convolution, const ConvolutionShape& shape,
                  const Epilogue& epilogue, const PreparationContext& context, const std::int8_t* input,
                  typename Epilogue::Output* output) {
  const std::shared_ptr<const Int8Convolution<typename Epilogue::Output>> kernel =
      choose_kernel(convolution, shape, epilogue, context);
  prepared.kernel = kernel->name();
  prepared.scratch_bytes = kernel->scratch_bytes();
  prepared.packed_bytes = kernel->packed_bytes();
  prepared.work_items = kernel->work_items();
  prepared.run = [kernel, input, output](std::int32_t begin, std::int32_t end, void* scratch) {
    kernel->run(input, output, begin, end, scratch);
  };
}

// Weights of float16 become float32 here, once: products and sums are those of float32 everywhere, whatever
// arithmetic a processor has, and ARMv7 has no conversion that every core of it knows.
std::vector<float> float_weights(const Convolution& convolution) {
  const Span<std::uint8_t>& bytes = convolution.weights;
  // Bytes of a package need not be aligned.
  if (!convolution.half_weights) {
    std::vector<float> weights(bytes.size() / sizeof(float));
    std::memcpy(weights.data(), bytes.data(), bytes.size());
    return weights;
  }
  std::vector<float> weights(bytes.size() / sizeof(std::uint16_t));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    std::uint16_t half;
    std::memcpy(&half, bytes.data() + i * sizeof half, sizeof half);
    weights[i] = half_to_float(half);
  }
  return weights;
}

void prepare_float(PreparedOperation& prepared, const Convolution& convolution, const ConvolutionShape& shape,
                   const float* input, float* output) {
  const std::vector<float> weights = float_weights(convolution);
  if (shape.group == shape.input_channels && shape.group == shape.output_channels && shape.group > 1) {
    const auto kernel = std::make_shared<DepthwiseF32>(shape, weights.data(), convolution.bias.data(),
                                                       convolution.activation);
    prepared.kernel = "depthwise_f32_reference";
    prepared.packed_bytes = kernel->packed_bytes();
    prepared.work_items = kernel->work_items();
    prepared.run = [kernel, input, output](std::int32_t begin, std::int32_t end, void*) {
      kernel->run(input, output, begin, end);
    };
    return;
  }
  const auto kernel = std::make_shared<ConvolutionF32>(shape, weights.data(), convolution.bias.data(),
                                                       convolution.activation);
  prepared.kernel = "convolution_f32_reference";
  prepared.scratch_bytes = kernel->scratch_bytes();
  prepared.packed_bytes = kernel->packed_bytes();
  prepared.work_items = kernel->work_items();
  prepared.run = [kernel, input, output](std::int32_t begin, std::int32_t end, void* scratch) {
    kernel->run(input, output, begin, end, scratch);
  };
}

}  // namespace

PreparedOperation prepare(const Convolution& operation, const PreparationContext& context) {
  const BlobMemory input = context.memory(operation.input);
  const BlobMemory output = context.memory(operation.output);
  const ConvolutionShape shape = shape_of(operation, input, output);
  PreparedOperation prepared;
  prepared.kind = "convolution";
  prepared.macs = macs_of(shape);
  if (context.offloaded) return prepared;
  if (input.type == ElementType::kFloat32) {
    prepare_float(prepared, operation, shape, input.as<float>().data, output.as<float>().data);
  } else if (output.type == ElementType::kFloat32) {
    const DequantisationF32 dequantisation{operation.output_factor.data(), operation.activation};
    prepare_int8(prepared, operation, shape, dequantisation, context, input.as<std::int8_t>().data,
                 output.as<float>().data);
  } else {
    prepare_int8(prepared, operation, shape, operation.requantisation, context, input.as<std::int8_t>().data,
                 output.as<std::int8_t>().data);
  }
  return prepared;
}

}  // namespace cortado
