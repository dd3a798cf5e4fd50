import type { Shape } from '../../common/tensor.ts';
import type { ConvolutionForm, QuantizedConvolution } from '../quantized-network.ts';
import { requantiseEntry } from '../requantisation.ts';
import { applyActivation } from './activation.ts';
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
        multiplyRow(weights, patches, patchLength, channelsPerGroup, size.width, sums);
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

/** sums[c][x] = weights[c] · patches[x], four channels at a time. */
function multiplyRow(
  weights: Int8Array,
  patches: Int8Array,
  length: number,
  channels: number,
  width: number,
  sums: Int32Array,
): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const w0 = c * length;
    const w1 = w0 + length;
    const w2 = w1 + length;
    const w3 = w2 + length;
    for (let x = 0; x < width; x += 1) {
      const p = x * length;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0; k < length; k += 1) {
        const v = patches[p + k];
        s0 = (s0 + Math.imul(v, weights[w0 + k])) | 0;
        s1 = (s1 + Math.imul(v, weights[w1 + k])) | 0;
        s2 = (s2 + Math.imul(v, weights[w2 + k])) | 0;
        s3 = (s3 + Math.imul(v, weights[w3 + k])) | 0;
      }
      sums[c * width + x] = s0;
      sums[(c + 1) * width + x] = s1;
      sums[(c + 2) * width + x] = s2;
      sums[(c + 3) * width + x] = s3;
    }
  }
  for (; c < channels; c += 1) {
    const w = c * length;
    for (let x = 0; x < width; x += 1) {
      const p = x * length;
      let sum = 0;
      for (let k = 0; k < length; k += 1) sum = (sum + Math.imul(patches[p + k], weights[w + k])) | 0;
      sums[c * width + x] = sum;
    }
  }
}
