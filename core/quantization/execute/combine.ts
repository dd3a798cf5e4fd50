import type { Shape } from '../../common/tensor.ts';
import { combine } from '../../graph/compute/eltwise.ts';
import { clamp } from '../arithmetic.ts';
import type { QuantizedEltwise } from '../quantized-network.ts';
import { applyActivation } from './activation.ts';

/** Product or maximum of equal shapes, on int8 (the maximum alone) or float32. */
export function combineBlobs(
  { function: name, form }: QuantizedEltwise,
  inputs: readonly (Int8Array | Float32Array)[],
  shape: Shape,
): Int8Array | Float32Array {
  const output = combine(name, inputs);
  if (form.kind === 'float') applyActivation(output as Float32Array, shape, form.activation);
  else for (let i = 0; i < output.length; i += 1) output[i] = clamp(output[i], form.low, form.high);
  return output;
}
