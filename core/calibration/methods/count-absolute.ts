import { binCount } from '../histogram.ts';

/**
 * Counts |x| of the values that are not 0 in bins of max / 2048; the last bin takes the rest. The bin is the truncated
 * float32 quotient, as both caffe-int8-convert-tool.py (|x| / interval) and ncnn2table (|x| / max * 2048) compute it: the
 * two agree, since 2048 is a power of 2.
 */
export function countAbsolute(values: Float32Array, max: number, counts: Float64Array): void {
  const interval = max / binCount;
  const last = binCount - 1;
  for (const value of values) {
    if (value === 0) continue;
    const bin = Math.trunc(Math.fround(Math.abs(value) / interval));
    counts[bin < last ? bin : last]++;
  }
}
