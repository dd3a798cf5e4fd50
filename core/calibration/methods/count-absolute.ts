import { binCount } from '../histogram.ts';

/**
 * Counts |x| of the values that are not 0 in bins of max / 2048; the last bin takes the rest. The bin is the truncated
 * float32 quotient, as both caffe-int8-convert-tool.py (|x| / interval) and ncnn2table (|x| / max * 2048) compute it: the
 * two agree, since 2048 is a power of 2.
 *
 * Zeros are counted without a branch, from the float's bits, and taken out of the first bin at the end: half of a
 * blob's values are zeros after a ReLU, in no order that a processor could foresee.
 */
export function countAbsolute(values: Float32Array, max: number, counts: Float64Array): void {
  const interval = max / binCount;
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  // Quotients may round up to 2048; Uint32Array is half of the traffic of counts.
  const local = new Uint32Array(binCount + 1);
  let nonZeros = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitudeBits = bits[i] << 1;
    nonZeros -= (magnitudeBits | -magnitudeBits) >> 31;
    local[Math.min(Math.fround(Math.abs(values[i]) / interval), binCount) | 0]++;
  }
  local[0] -= values.length - nonZeros;
  local[binCount - 1] += local[binCount];
  for (let bin = 0; bin < binCount; bin++) counts[bin] += local[bin];
}
