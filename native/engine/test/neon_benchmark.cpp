// Runs the convolutions of SqueezeNet v1.1 and of MobileNet v1 (0.25) one by one, for counting what they
// cost: each run stands between two getppid() calls, which a profiler of the emulator can see. Prints the
// kernel and the multiply-accumulates.
//   neon_benchmark [kernel name, for every layer that it takes]
#include <sys/auxv.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <vector>

#include "kernels/neon/aligned_buffer.h"
#include "kernels/neon/kernels.h"

namespace {

using cortado::ConvolutionShape;

struct Layer {
  const char* name;
  int size, inputs, outputs, kernel, stride, pad, group;
};

constexpr Layer kLayers[] = {
    {"squeezenet conv1", 227, 3, 64, 3, 2, 0, 1},
    {"squeezenet fire2 squeeze1x1", 56, 64, 16, 1, 1, 0, 1},
    {"squeezenet fire2 expand1x1", 56, 16, 64, 1, 1, 0, 1},
    {"squeezenet fire2 expand3x3", 56, 16, 64, 3, 1, 1, 1},
    {"squeezenet fire3 squeeze1x1", 56, 128, 16, 1, 1, 0, 1},
    {"squeezenet fire4 squeeze1x1", 28, 128, 32, 1, 1, 0, 1},
    {"squeezenet fire4 expand1x1", 28, 32, 128, 1, 1, 0, 1},
    {"squeezenet fire4 expand3x3", 28, 32, 128, 3, 1, 1, 1},
    {"squeezenet fire6 squeeze1x1", 14, 256, 48, 1, 1, 0, 1},
    {"squeezenet fire6 expand1x1", 14, 48, 192, 1, 1, 0, 1},
    {"squeezenet fire6 expand3x3", 14, 48, 192, 3, 1, 1, 1},
    {"squeezenet fire8 expand3x3", 14, 64, 256, 3, 1, 1, 1},
    {"squeezenet conv10", 14, 512, 1000, 1, 1, 0, 1},
    {"mobilenet conv1", 224, 3, 8, 3, 2, 1, 1},
    {"mobilenet conv2_1/dw", 112, 8, 8, 3, 1, 1, 8},
    {"mobilenet conv2_1/sep", 112, 8, 16, 1, 1, 0, 1},
    {"mobilenet conv2_2/dw", 112, 16, 16, 3, 2, 1, 16},
    {"mobilenet conv3_1/dw", 56, 32, 32, 3, 1, 1, 32},
    {"mobilenet conv5_1/dw", 14, 128, 128, 3, 1, 1, 128},
    {"mobilenet conv5_1/sep", 14, 128, 128, 1, 1, 0, 1},
    {"mobilenet fc7", 1, 256, 1000, 1, 1, 0, 1},
};

ConvolutionShape shape_of(const Layer& layer) {
  const int extent = (layer.size + 2 * layer.pad - layer.kernel) / layer.stride + 1;
  return {1,
          layer.size,
          layer.size,
          layer.inputs,
          extent,
          extent,
          layer.outputs,
          layer.kernel,
          layer.kernel,
          layer.stride,
          layer.stride,
          layer.pad,
          layer.pad,
          1,
          1,
          layer.group,
          layer.inputs,
          layer.outputs};
}

cortado::CpuFeatures this_cpu() {
  cortado::CpuFeatures features;
  features.neon = true;
#if defined(__aarch64__)
  features.dotprod = (getauxval(AT_HWCAP) >> 20 & 1) != 0;
  features.i8mm = (getauxval(AT_HWCAP2) >> 13 & 1) != 0;
#endif
  return features;
}

std::unique_ptr<cortado::ConvolutionS8> make(const ConvolutionShape& shape, const char* only) {
  const auto outputs = static_cast<std::size_t>(shape.output_channels);
  const std::vector<std::int8_t> weights(
      outputs * static_cast<std::size_t>(shape.input_channels / shape.group * shape.kernel_height *
                                         shape.kernel_width),
      3);
  const std::vector<std::int32_t> bias(outputs, 100);
  const std::vector<std::uint16_t> multiplier(outputs, 20000);
  const std::vector<std::uint8_t> right(outputs, 7), left(outputs, 0);
  const cortado::RequantisationS8 requantisation{multiplier.data(), right.data(), left.data(), nullptr,
                                                 nullptr,           nullptr,      0,           127};
  if (only == nullptr) {
    return cortado::make_neon_convolution_s8(this_cpu(), shape, weights.data(), bias.data(), requantisation);
  }
  for (const auto& candidate : cortado::neon::candidates<cortado::RequantisationS8>()) {
    if (std::strcmp(candidate.name, only) == 0 && candidate.runs_on(this_cpu())) {
      return candidate.make(shape, weights.data(), bias.data(), requantisation);
    }
  }
  return nullptr;
}

void run(const Layer& layer, const char* only) {
  const ConvolutionShape shape = shape_of(layer);
  const auto convolution = make(shape, only);
  if (!convolution) return;
  const auto bytes = [](std::ptrdiff_t pixels, std::ptrdiff_t stride) {
    return static_cast<std::size_t>(pixels * stride);
  };
  const std::vector<std::int8_t> input(
      bytes(shape.input_height * shape.input_width, shape.input_pixel_stride) + cortado::kBlobSlack, 5);
  std::vector<std::int8_t> output(bytes(shape.output_height * shape.output_width, shape.output_pixel_stride));
  cortado::neon::AlignedBuffer<std::uint8_t> scratch(convolution->scratch_bytes());
  convolution->run(input.data(), output.data(), 0, convolution->work_items(), scratch.data());
  const long macs = long{shape.output_height} * shape.output_width * shape.output_channels *
                    (shape.input_channels / shape.group) * shape.kernel_height * shape.kernel_width;
  std::fprintf(stderr, "%s, %s, %ld MAC: ", layer.name, convolution->name(), macs);
  (void)getppid();
  convolution->run(input.data(), output.data(), 0, convolution->work_items(), scratch.data());
  (void)getppid();
  std::fprintf(stderr, "\n");
}

}  // namespace

int main(int argc, char** argv) {
  for (const Layer& layer : kLayers) run(layer, argc > 1 ? argv[1] : nullptr);
  return 0;
}
