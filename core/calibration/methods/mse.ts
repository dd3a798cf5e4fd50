import { totalCount, type Histogram } from '../histogram.ts';
import type { Threshold, ThresholdMethod } from './method.ts';

const int8Levels = 127;
/** Below this bin each of the levels would be narrower than a bin. */
const firstCandidate = 128;

/**
 * The threshold with the smallest mean squared error between a value and what int8 leaves of it, rounding and saturation
 * together: Sung, Shin and Hwang, "Resiliency of deep neural networks under quantization" (arXiv:1511.06488); Choukroun
 * et al., "Low-bit quantization of neural networks for efficient inference" (arXiv:1902.06822, section 3). Every edge
 * of a bin from the 128th on is tried, with each bin's values taken to lie at its middle; the first smallest wins.
 */
export const mse: ThresholdMethod = {
  description: 'the smallest mean squared error (MSE)',
  counted: 'magnitudes',
  isEmpty: (histogram) => totalCount(histogram) === 0,
  choose,
};

function choose({ counts, max }: Histogram): Threshold {
  const width = max / counts.length;
  let smallest = Infinity;
  let bin = counts.length;
  for (let candidate = firstCandidate; candidate <= counts.length; candidate++) {
    const error = squaredError(counts, candidate, smallest);
    if (error < smallest) {
      smallest = error;
      bin = candidate;
    }
  }
  const threshold = bin * width;
  return { bin, threshold, scale: int8Levels / threshold };
}

/** Σ count · (x - dequantised x)², x in bins; stops early above `limit`. */
function squaredError(counts: Float64Array, threshold: number, limit: number): number {
  const step = threshold / int8Levels;
  let error = 0;
  // What saturates first: it is what makes low thresholds lose.
  for (let bin = counts.length - 1; bin >= 0; bin--) {
    if (counts[bin] === 0) continue;
    const value = bin + 0.5;
    const level = Math.min(int8Levels, Math.floor(value / step + 0.5));
    const difference = value - level * step;
    error += counts[bin] * difference * difference;
    if (error >= limit) return error;
  }
  return error;
}
