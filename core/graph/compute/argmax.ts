import { elementCount, type Shape } from '../../common/tensor.ts';
import type { ArgMax } from '../float-functions.ts';

/** The largest values along the axis, or their positions; as many as the output's extent says. */
export function largest(
  { axis, indices }: ArgMax,
  input: Float32Array,
  inputShape: Shape,
  outputShape: Shape,
): Float32Array {
  const extent = inputShape[axis];
  const kept = outputShape[axis];
  const inner = elementCount(inputShape.slice(axis + 1));
  const outer = elementCount(inputShape.slice(0, axis));
  const output = new Float32Array(outer * kept * inner);
  const positions = Array.from({ length: extent }, (_, index) => index);
  for (let block = 0; block < outer; block += 1) {
    for (let line = 0; line < inner; line += 1) {
      const valueAt = (position: number): number => input[(block * extent + position) * inner + line];
      const best = positions.toSorted((a, b) => valueAt(b) - valueAt(a));
      for (let rank = 0; rank < kept; rank += 1) {
        output[(block * kept + rank) * inner + line] = indices ? best[rank] : valueAt(best[rank]);
      }
    }
  }
  return output;
}
