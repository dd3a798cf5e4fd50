/** Bins of every histogram here, as all the tools whose tables are written have it. */
export const binCount = 2048;

/** Counts of a blob's values over equal bins from 0 to `max`. What falls into which bin is the counting rule's affair. */
export interface Histogram {
  /** Largest magnitude that the blob took over all inputs. */
  readonly max: number;
  /** Whole numbers; float64, since they pass 2^32 on large data sets. */
  readonly counts: Float64Array;
}

/**
 * Adds the values of a blob to `counts`, bins over [0, max]. `max` is at least the magnitude of every value, above 0,
 * and a float32 value.
 */
export type CountingRule = (values: Float32Array, max: number, counts: Float64Array) => void;

export function emptyHistogram(max: number): Histogram {
  return { max, counts: new Float64Array(binCount) };
}

/** The histogram of both sets of values. Exact; the ranges must be equal (a RangeError is a defect of the caller). */
export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  if (a.max !== b.max) throw new RangeError(`histograms over [0, ${a.max}] and [0, ${b.max}] do not merge`);
  return { max: a.max, counts: a.counts.map((count, bin) => count + b.counts[bin]) };
}

/** How many values were counted. */
export function totalCount(histogram: Histogram): number {
  return histogram.counts.reduce((sum, count) => sum + count, 0);
}
