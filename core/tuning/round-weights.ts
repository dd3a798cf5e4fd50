import { clamp, INT8_LIMIT, roundAwayFromZero } from '../quantization/arithmetic.ts';
import { inverseFactor } from './triangular.ts';

/**
 * Added to the covariance's diagonal, as a share of its mean: the less the samples, the nearer to the nearest levels the
 * answer stays.
 */
function damping(columns: number, samples: number): number {
  return 0.01 + 0.1 * Math.min(1, columns / Math.max(1, samples));
}

/**
 * Integer levels of weights such that what a layer computes from its inputs changes least, in place of the nearest ones:
 * Frantar, Ashkboos, Hoefler and Alistarh, "GPTQ: accurate post-training quantization for generative pre-trained transformers"
 * (arXiv:2210.17323, section 3), after Hassibi and Stork's optimal brain surgeon. Weights are rounded one input after the
 * other, the one that varies most first; the weights to come make up for the error, as far as inputs vary together.
 *
 * @param weights rows x columns, in float
 * @param covariance of the columns' inputs, columns x columns, from `samples` of them
 * @param scales of the rows: level = weight * scale
 * @returns levels in [-127, 127], in the order of the weights; undefined where the covariance tells nothing
 */
export function roundedByInputs(
  weights: Float32Array,
  covariance: Float64Array,
  scales: readonly number[],
  samples: number,
): Int8Array | undefined {
  const rows = scales.length;
  const columns = weights.length / rows;
  const diagonal = Float64Array.from({ length: columns }, (_, i) => covariance[i * columns + i]);
  const mean = diagonal.reduce((sum, value) => sum + value, 0) / columns;
  if (!(mean > 0)) return undefined;
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b] - diagonal[a] || a - b);
  const sorted = new Float64Array(columns * columns);
  order.forEach((from, i) => {
    order.forEach((to, j) => (sorted[i * columns + j] = covariance[from * columns + to]));
    sorted[i * columns + i] += damping(columns, samples) * mean;
  });
  const factor = inverseFactor(sorted, columns);
  if (factor === undefined) return undefined;

  const levels = new Int8Array(weights.length);
  const rest = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const scale = scales[row];
    if (scale === 0) continue;
    order.forEach((column, i) => (rest[i] = weights[row * columns + column] * scale));
    for (let i = 0; i < columns; i++) {
      const level = clamp(roundAwayFromZero(rest[i]), -INT8_LIMIT, INT8_LIMIT);
      levels[row * columns + order[i]] = level;
      const error = (rest[i] - level) / factor[i * columns + i];
      for (let j = i + 1; j < columns; j++) rest[j] -= error * factor[i * columns + j];
    }
  }
  return levels;
}
