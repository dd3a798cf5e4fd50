import type { Shape } from '../../common/tensor.ts';

/** exp(x - max) / sum along `axis`, in float64, rounded once. */
export function softmax(input: Float32Array, shape: Shape, axis: number): Float32Array {
  const extent = shape[axis];
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const outer = input.length / extent / inner;
  const output = new Float32Array(input.length);
  const powers = new Float64Array(extent);
  for (let o = 0; o < outer; o += 1) {
    for (let i = 0; i < inner; i += 1) {
      const base = o * extent * inner + i;
      let largest = -Infinity;
      for (let k = 0; k < extent; k += 1) largest = Math.max(largest, input[base + k * inner]);
      let total = 0;
      for (let k = 0; k < extent; k += 1) {
        powers[k] = Math.exp(input[base + k * inner] - largest);
        total += powers[k];
      }
      for (let k = 0; k < extent; k += 1) output[base + k * inner] = powers[k] / total;
    }
  }
  return output;
}
