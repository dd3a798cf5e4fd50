import type { BlobRange } from './range.ts';

/** Bins of every histogram here, as all the tools whose tables are written have it. */
export const binCount = 2048;

/** Which values a method looks at: magnitudes of all but zeros, or what is not negative. */
export type CountedValues = 'magnitudes' | 'not-negative';

/** Counts of a blob's values over equal bins from 0 to `max`. */
export interface Histogram {
  /** Largest magnitude that the blob took over all inputs. */
  readonly max: number;
  /** Whole numbers; float64, since they pass 2^32 on large data sets. */
  readonly counts: Float64Array;
}

/** What the values of a region were. */
export interface RegionCounts {
  readonly range: BlobRange;
  readonly histogram: Histogram;
}

export function emptyHistogram(max: number): Histogram {
  return { max, counts: new Float64Array(binCount) };
}

/** How many values were counted. */
export function totalCount(histogram: Histogram): number {
  return histogram.counts.reduce((sum, count) => sum + count, 0);
}
