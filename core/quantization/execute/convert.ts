import { quantise } from '../arithmetic.ts';

/** float32 → int8 by a scale. */
export function quantiseBlob(input: Float32Array, scale: number): Int8Array {
  const output = new Int8Array(input.length);
  for (let i = 0; i < input.length; i += 1) output[i] = quantise(input[i], scale);
  return output;
}

/** int8 → float32: y = q * factor. */
export function dequantiseBlob(input: Int8Array, factor: number): Float32Array {
  const output = new Float32Array(input.length);
  for (let i = 0; i < input.length; i += 1) output[i] = input[i] * factor;
  return output;
}
