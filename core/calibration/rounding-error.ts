import type { Histogram } from './histogram.ts';

/** int8 magnitudes besides 0. */
const LEVELS = 127;
/** Points looked at inside each bin: where the threshold is low, a bin is as wide as a step. */
const POINTS = 4;

/**
 * The error that int8 makes in these values, with this threshold, relative to their size: the root mean square of
 * what rounding and clipping change, over the root mean square of the values. 10 % is a signal-to-noise ratio of 20 dB.
 * The values of a bin count as spread evenly over it; 0 where there is none but zeros.
 */
export function roundingError({ counts, max }: Histogram, threshold: number): number {
  const width = max / counts.length;
  const step = threshold / LEVELS;
  let error = 0;
  let signal = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin];
    if (count === 0) continue;
    for (let point = 0; point < POINTS; point++) {
      const value = (bin + (point + 0.5) / POINTS) * width;
      const stored = Math.min(LEVELS, Math.round(value / step)) * step;
      error += count * (value - stored) ** 2;
      signal += count * value ** 2;
    }
  }
  return signal === 0 ? 0 : Math.sqrt(error / signal);
}
