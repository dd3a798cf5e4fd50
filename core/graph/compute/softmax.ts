import { elementCount, type Shape } from '../../common/tensor.ts';
import { exp } from './exact-math.ts';

/** exp(x - max) / sum along `axis`, in float64, rounded once. */
export function softmax(input: Float32Array, shape: Shape, axis: number): Float32Array {
  const extent = shape[axis];
  const inner = elementCount(shape.slice(axis + 1));
  const outer = input.length / extent / inner;
  const output = new Float32Array(input.length);
  const powers = new Float64Array(extent);
  for (let o = 0; o < outer; o += 1) {
    for (let i = 0; i < inner; i += 1) {
      const base = o * extent * inner + i;
      let most = -Infinity;
      for (let k = 0; k < extent; k += 1) most = Math.max(most, input[base + k * inner]);
      let total = 0;
      for (let k = 0; k < extent; k += 1) {
        powers[k] = exp(input[base + k * inner] - most);
        total += powers[k];
      }
      for (let k = 0; k < extent; k += 1) output[base + k * inner] = powers[k] / total;
    }
  }
  return output;
}
