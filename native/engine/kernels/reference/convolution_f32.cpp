#include "kernels/reference/convolution_f32.h"

#include <algorithm>
#include <cstring>

#include "kernels/reference/activation_f32.h"

namespace cortado {
namespace {

constexpr std::int32_t kChannels = 8;
// As many as the processor's vector registers hold sums for.
#if defined(__aarch64__)
constexpr std::int32_t kPixels = 8;
#else
constexpr std::int32_t kPixels = 4;
#endif

// GCC's and Clang's vectors: SSE, NEON, or scalars where there is neither.
typedef float Vector __attribute__((vector_size(16), aligned(4)));

Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }

// Input values of neighbouring pixels. On AArch64 a lane of a register can be a factor; elsewhere each is
// loaded by itself.
#if defined(__aarch64__)
Vector factors(const float* from) { return load(from); }
#else
const float* factors(const float* from) { return from; }
#endif

std::size_t size(std::int32_t value) { return static_cast<std::size_t>(value); }

// sums: kPixels x kChannels. panel: depth x kPixels. weights: depth x kChannels.
void multiply_panel(const float* panel, const float* weights, std::size_t depth, const float* bias,
                    float* sums) {
  Vector low[kPixels];
  Vector high[kPixels];
  for (int p = 0; p < kPixels; ++p) {
    low[p] = load(bias);
    high[p] = load(bias + 4);
  }
  for (std::size_t k = 0; k < depth; ++k, panel += kPixels, weights += kChannels) {
    const Vector w_low = load(weights);
    const Vector w_high = load(weights + 4);
    for (int p = 0; p < kPixels; p += 4) {
      const auto x = factors(panel + p);
      for (int lane = 0; lane < 4; ++lane) {
        low[p + lane] += w_low * x[lane];
        high[p + lane] += w_high * x[lane];
      }
    }
  }
  for (int p = 0; p < kPixels; ++p) {
    store(sums + p * kChannels, low[p]);
    store(sums + p * kChannels + 4, high[p]);
  }
}

// The same for one pixel, whose panel is depth x 1: four products at a time keep the pipeline full.
void multiply_pixel(const float* pixel, const float* weights, std::size_t depth, const float* bias,
                    float* sums) {
  constexpr std::size_t kUnrolled = 4;
  Vector low[kUnrolled] = {};
  Vector high[kUnrolled] = {};
  std::size_t k = 0;
  for (; k + kUnrolled <= depth; k += kUnrolled) {
    for (std::size_t u = 0; u < kUnrolled; ++u) {
      low[u] += load(weights + (k + u) * kChannels) * pixel[k + u];
      high[u] += load(weights + (k + u) * kChannels + 4) * pixel[k + u];
    }
  }
  for (; k < depth; ++k) {
    low[0] += load(weights + k * kChannels) * pixel[k];
    high[0] += load(weights + k * kChannels + 4) * pixel[k];
  }
  store(sums, load(bias) + ((low[0] + low[1]) + (low[2] + low[3])));
  store(sums + 4, load(bias + 4) + ((high[0] + high[1]) + (high[2] + high[3])));
}

}  // namespace

ConvolutionF32::ConvolutionF32(const ConvolutionShape& shape, const float* weights, const float* bias,
                               const Activation& activation)
    : shape_(shape),
      activation_(activation),
      group_inputs_(shape.input_channels / shape.group),
      group_outputs_(shape.output_channels / shape.group),
      group_blocks_((group_outputs_ + kChannels - 1) / kChannels),
      depth_(size(shape.kernel_height) * size(shape.kernel_width) * size(group_inputs_)),
      weights_(size(shape.group) * size(group_blocks_) * depth_ * kChannels),
      bias_(size(shape.group) * size(group_blocks_) * kChannels) {
  const std::size_t kernel = size(shape.kernel_height) * size(shape.kernel_width);
  for (std::int32_t o = 0; o < shape.output_channels; ++o) {
    const std::int32_t within = o % group_outputs_;
    const std::size_t block = size(o / group_outputs_ * group_blocks_ + within / kChannels);
    const std::size_t lane = size(within % kChannels);
    bias_[block * kChannels + lane] = bias[o];
    const float* from = weights + size(o) * depth_;
    for (std::size_t i = 0; i < size(group_inputs_); ++i) {
      for (std::size_t k = 0; k < kernel; ++k) {
        weights_[(block * depth_ + k * size(group_inputs_) + i) * kChannels + lane] = *from++;
      }
    }
  }
}

bool ConvolutionF32::one_pixel() const {
  return shape_.batch == 1 && shape_.output_height == 1 && shape_.output_width == 1;
}

std::size_t ConvolutionF32::scratch_bytes() const { return depth_ * kPixels * sizeof(float); }

std::int32_t ConvolutionF32::work_items() const {
  return one_pixel() ? shape_.group * group_blocks_ : shape_.batch * shape_.output_height;
}

// panel: depth x pixels, zeros where the kernel is outside of the input.
void ConvolutionF32::gather(const float* input, std::int32_t row, std::int32_t x, std::int32_t pixels,
                            std::int32_t group, float* panel) const {
  const std::int32_t image = row / shape_.output_height;
  const std::int32_t top = row % shape_.output_height * shape_.stride_height - shape_.pad_height;
  const std::int32_t width = pixels == 1 ? 1 : kPixels;
  for (std::int32_t p = 0; p < width; ++p) {
    const std::int32_t left = (x + p) * shape_.stride_width - shape_.pad_width;
    float* to = panel + p;
    for (std::int32_t kh = 0; kh < shape_.kernel_height; ++kh) {
      const std::int32_t iy = top + kh * shape_.dilation_height;
      for (std::int32_t kw = 0; kw < shape_.kernel_width; ++kw) {
        const std::int32_t ix = left + kw * shape_.dilation_width;
        const bool inside =
            p < pixels && iy >= 0 && iy < shape_.input_height && ix >= 0 && ix < shape_.input_width;
        if (!inside) {
          for (std::int32_t i = 0; i < group_inputs_; ++i, to += width) *to = 0;
          continue;
        }
        const std::ptrdiff_t pixel =
            (static_cast<std::ptrdiff_t>(image) * shape_.input_height + iy) * shape_.input_width + ix;
        const float* from = input + pixel * shape_.input_pixel_stride + group * group_inputs_;
        for (std::int32_t i = 0; i < group_inputs_; ++i, to += width) *to = from[i];
      }
    }
  }
}

// Output channels of blocks [first_block, last_block) of a group for up to kPixels pixels from `output` on.
void ConvolutionF32::run_blocks(const float* panel, float* output, std::int32_t group,
                                std::int32_t first_block, std::int32_t last_block,
                                std::int32_t pixels) const {
  float sums[kPixels * kChannels];
  for (std::int32_t block = first_block; block < last_block; ++block) {
    const std::size_t packed = size(group * group_blocks_ + block);
    const float* weights = weights_.data() + packed * depth_ * kChannels;
    const float* bias = bias_.data() + packed * kChannels;
    if (pixels == 1) {
      multiply_pixel(panel, weights, depth_, bias, sums);
    } else {
      multiply_panel(panel, weights, depth_, bias, sums);
    }
    const std::int32_t channel = group * group_outputs_ + block * kChannels;
    const std::int32_t count = std::min(kChannels, group_outputs_ - block * kChannels);
    for (std::int32_t p = 0; p < pixels; ++p) {
      activate(activation_, sums + p * kChannels, channel, count);
      std::copy_n(sums + p * kChannels, count, output + p * shape_.output_pixel_stride + channel);
    }
  }
}

void ConvolutionF32::run(const float* input, float* output, std::int32_t begin, std::int32_t end,
                         void* scratch) const {
  auto* panel = static_cast<float*>(scratch);
  if (one_pixel()) {
    for (std::int32_t item = begin; item < end;) {
      const std::int32_t group = item / group_blocks_;
      const std::int32_t stop = std::min(end, (group + 1) * group_blocks_);
      gather(input, 0, 0, 1, group, panel);
      run_blocks(panel, output, group, item % group_blocks_, item % group_blocks_ + (stop - item), 1);
      item = stop;
    }
    return;
  }
  for (std::int32_t row = begin; row < end; ++row) {
    for (std::int32_t x = 0; x < shape_.output_width; x += kPixels) {
      const std::int32_t pixels = std::min(kPixels, shape_.output_width - x);
      float* to =
          output + (static_cast<std::ptrdiff_t>(row) * shape_.output_width + x) * shape_.output_pixel_stride;
      for (std::int32_t group = 0; group < shape_.group; ++group) {
        gather(input, row, x, pixels, group, panel);
        run_blocks(panel, to, group, 0, group_blocks_, pixels);
      }
    }
  }
}

}  // namespace cortado
