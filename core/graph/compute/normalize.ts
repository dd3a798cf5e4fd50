import type { Shape } from '../../common/tensor.ts';
import type { Normalize } from '../float-functions.ts';
import { planesOf } from '../planes.ts';

/** x / sqrt(sum of squares + eps) * scale[c], the sum over the channels of a pixel or over the sample. */
export function normalizeLength(operation: Normalize, input: Float32Array, shape: Shape): Float32Array {
  const { batch, channels, height, width } = planesOf(shape);
  const { acrossSpatial, eps, scale } = operation;
  const area = height * width;
  const output = new Float32Array(input.length);
  for (let n = 0; n < batch; n += 1) {
    const base = n * channels * area;
    const sums = squareSums(input.subarray(base, base + channels * area), area, acrossSpatial);
    for (let c = 0; c < channels; c += 1) {
      const factor = scale[scale.length === 1 ? 0 : c];
      for (let pixel = 0; pixel < area; pixel += 1) {
        const at = base + c * area + pixel;
        output[at] = (input[at] / Math.sqrt(sums[acrossSpatial ? 0 : pixel] + eps)) * factor;
      }
    }
  }
  return output;
}

/** One per pixel, or one for the sample. */
function squareSums(sample: Float32Array, area: number, acrossSpatial: boolean): Float64Array {
  const sums = new Float64Array(acrossSpatial ? 1 : area);
  for (let index = 0; index < sample.length; index += 1) {
    sums[acrossSpatial ? 0 : index % area] += sample[index] * sample[index];
  }
  return sums;
}
