import { binCount } from '../histogram.ts';

/**
 * Counts the values within [0, max] as `numpy.histogram(values, bins=2048, range=(0, max))` does for float32 values:
 * negative values are left out, zeros are not, the last bin includes its right edge, and the bins' edges are
 * `i * max / 2048` rounded to float32, which decides on the values beside an edge.
 */
export function countPositive(values: Float32Array, max: number, counts: Float64Array): void {
  const interval = max / binCount;
  const last = binCount - 1;
  const edges = Float32Array.from({ length: binCount + 1 }, (_, i) => i * interval);
  for (const value of values) {
    if (!(value >= 0 && value <= max)) continue;
    let bin = Math.trunc(value / interval);
    if (bin > last) bin = last;
    else if (value < edges[bin]) bin--;
    else if (bin < last && value >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
}
