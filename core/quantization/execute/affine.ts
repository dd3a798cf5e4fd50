import type { Shape } from '../../common/tensor.ts';
import type { QuantizedAffine } from '../quantized-network.ts';
import { applyActivation, forEachChannel } from './activation.ts';

/** y = activation(x * scale[c] + shift[c]), product and sum each rounded to float32. */
export function applyAffine(operation: QuantizedAffine, input: Float32Array, shape: Shape): Float32Array {
  const output = new Float32Array(input.length);
  forEachChannel(shape, input.length, (from, to, channel) => {
    const scale = operation.scale[channel];
    const shift = operation.shift[channel];
    for (let i = from; i < to; i += 1) output[i] = Math.fround(input[i] * scale) + shift;
  });
  applyActivation(output, shape, operation.activation);
  return output;
}
