import type { Shape } from '../../common/tensor.ts';
import type { ConvolutionForm, QuantizedConvolution } from '../quantized-network.ts';
import { applyActivation } from './activation.ts';
import { multiplyFloat } from './multiply-float.ts';
import { convolutionGeometry, gatherPatches } from './patches.ts';

/** A convolution in float. Sums are kept in float64 and rounded once: a result to measure float32 backends by. */
export function convolveFloat(
  operation: QuantizedConvolution,
  form: Extract<ConvolutionForm, { readonly kind: 'float' }>,
  input: Float32Array,
  inputShape: Shape,
  outputShape: Shape,
): Float32Array {
  const geometry = convolutionGeometry(operation, inputShape, outputShape);
  const { batch, group, patchLength, outputChannels, output: size } = geometry;
  const channelsPerGroup = outputChannels / group;
  const inputGroup = input.length / batch / group;
  const area = size.height * size.width;
  const output = new Float32Array(batch * outputChannels * area);
  const patches = new Float32Array(size.width * patchLength);
  const sums = new Float64Array(channelsPerGroup * size.width);

  for (let image = 0; image < batch; image += 1) {
    for (let g = 0; g < group; g += 1) {
      const from = (image * group + g) * inputGroup;
      const plane = input.subarray(from, from + inputGroup);
      const weights = form.weights.subarray(
        g * channelsPerGroup * patchLength,
        (g + 1) * channelsPerGroup * patchLength,
      );
      for (let row = 0; row < size.height; row += 1) {
        gatherPatches(geometry, plane, row, patches);
        multiplyFloat(weights, patches, patchLength, channelsPerGroup, size.width, sums);
        for (let c = 0; c < channelsPerGroup; c += 1) {
          const channel = g * channelsPerGroup + c;
          const to = (image * outputChannels + channel) * area + row * size.width;
          for (let x = 0; x < size.width; x += 1) output[to + x] = sums[c * size.width + x] + form.bias[channel];
        }
      }
    }
  }
  applyActivation(output, outputShape, form.activation);
  return output;
}
