import type { Shape } from '../../common/tensor.ts';
import type { ConvolutionForm, QuantizedConvolution } from '../quantized-network.ts';
import { applyActivation } from './activation.ts';
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

  for (let image = 0; image < batch; image += 1) {
    for (let g = 0; g < group; g += 1) {
      const from = (image * group + g) * inputGroup;
      const plane = input.subarray(from, from + inputGroup);
      for (let row = 0; row < size.height; row += 1) {
        gatherPatches(geometry, plane, row, patches);
        for (let c = g * channelsPerGroup; c < (g + 1) * channelsPerGroup; c += 1) {
          const to = (image * outputChannels + c) * area + row * size.width;
          for (let x = 0; x < size.width; x += 1) {
            output[to + x] = form.bias[c] + dot(form.weights, c * patchLength, patches, x * patchLength, patchLength);
          }
        }
      }
    }
  }
  applyActivation(output, outputShape, form.activation);
  return output;
}

function dot(a: Float32Array, fromA: number, b: Float32Array, fromB: number, length: number): number {
  let even = 0;
  let odd = 0;
  let k = 0;
  for (; k + 2 <= length; k += 2) {
    even += a[fromA + k] * b[fromB + k];
    odd += a[fromA + k + 1] * b[fromB + k + 1];
  }
  if (k < length) even += a[fromA + k] * b[fromB + k];
  return even + odd;
}
