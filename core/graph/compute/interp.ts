import type { Shape } from '../../common/tensor.ts';
import { planesOf } from '../planes.ts';

interface Place {
  readonly first: number;
  readonly second: number;
  readonly part: number;
}

function places(input: number, output: number): Place[] {
  const ratio = output > 1 ? (input - 1) / (output - 1) : 0;
  return Array.from({ length: output }, (_, index) => {
    const at = ratio * index;
    const first = Math.floor(at);
    return { first, second: Math.min(first + 1, input - 1), part: at - first };
  });
}

/** Bilinear interpolation, corners on corners. */
export function interpolate(input: Float32Array, inputShape: Shape, outputShape: Shape): Float32Array {
  const source = planesOf(inputShape);
  const target = planesOf(outputShape);
  const rows = places(source.height, target.height);
  const columns = places(source.width, target.width);
  const output = new Float32Array(target.batch * target.channels * target.height * target.width);
  let to = 0;
  for (let plane = 0; plane < target.batch * target.channels; plane += 1) {
    const base = plane * source.height * source.width;
    for (const row of rows) {
      const upper = base + row.first * source.width;
      const lower = base + row.second * source.width;
      for (const { first, second, part } of columns) {
        const above = (1 - part) * input[upper + first] + part * input[upper + second];
        const below = (1 - part) * input[lower + first] + part * input[lower + second];
        output[to] = (1 - row.part) * above + row.part * below;
        to += 1;
      }
    }
  }
  return output;
}
