import type { Shape } from '../../common/tensor.ts';
import type { ConvolutionForm, QuantizedConvolution } from '../quantized-network.ts';
import { requantiseEntry } from '../requantisation.ts';
import { applyActivation } from './activation.ts';
import { multiplyInt8 } from './multiply-int8.ts';
import { convolutionGeometry, gatherPatches } from './patches.ts';

type Int8Form = Exclude<ConvolutionForm, { readonly kind: 'float' }>;

/** A convolution on int8 input; the result is int8 or float32 as its form says. */
export function convolveInt8(
  operation: QuantizedConvolution,
  form: Int8Form,
  input: Int8Array,
  inputShape: Shape,
  outputShape: Shape,
): Int8Array | Float32Array {
  const geometry = convolutionGeometry(operation, inputShape, outputShape);
  const { batch, group, patchLength, outputChannels, output: size } = geometry;
  const channelsPerGroup = outputChannels / group;
  const inputGroup = input.length / batch / group;
  const area = size.height * size.width;
  const output =
    form.kind === 'int8'
      ? new Int8Array(batch * outputChannels * area)
      : new Float32Array(batch * outputChannels * area);
  const patches = new Int8Array(size.width * patchLength);
  const sums = new Int32Array(channelsPerGroup * size.width);

  for (let image = 0; image < batch; image += 1) {
    for (let g = 0; g < group; g += 1) {
      const from = (image * group + g) * inputGroup;
      const plane = input.subarray(from, from + inputGroup);
      const firstChannel = g * channelsPerGroup;
      const weights = form.weights.subarray(
        firstChannel * patchLength,
        (firstChannel + channelsPerGroup) * patchLength,
      );
      for (let row = 0; row < size.height; row += 1) {
        gatherPatches(geometry, plane, row, patches);
        multiplyInt8(weights, patches, patchLength, channelsPerGroup, size.width, sums);
        for (let c = 0; c < channelsPerGroup; c += 1) {
          const channel = firstChannel + c;
          const row0 = c * size.width;
          const to = (image * outputChannels + channel) * area + row * size.width;
          const bias = form.bias[channel];
          if (form.kind === 'int8') {
            for (let x = 0; x < size.width; x += 1) {
              output[to + x] = requantiseEntry(sums[row0 + x] + bias, form.requantisation, channel);
            }
          } else {
            const factor = form.outputFactor[channel];
            for (let x = 0; x < size.width; x += 1) output[to + x] = Math.fround(sums[row0 + x] + bias) * factor;
          }
        }
      }
    }
  }
  if (output instanceof Float32Array && form.kind === 'int8-to-float') {
    applyActivation(output, outputShape, form.activation);
  }
  return output;
}
