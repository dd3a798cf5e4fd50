import type { Shape } from '../../common/tensor.ts';

/** Joins blobs along `axis`. */
export function concatenate(
  inputs: readonly (Int8Array | Float32Array)[],
  shapes: readonly Shape[],
  axis: number,
): Int8Array | Float32Array {
  const outer = shapes[0].slice(0, axis).reduce((product, extent) => product * extent, 1);
  const length = inputs.reduce((total, input) => total + input.length, 0);
  const output = inputs[0] instanceof Int8Array ? new Int8Array(length) : new Float32Array(length);
  let to = 0;
  for (let row = 0; row < outer; row += 1) {
    for (const input of inputs) {
      const slab = input.length / outer;
      output.set(input.subarray(row * slab, (row + 1) * slab), to);
      to += slab;
    }
  }
  return output;
}
