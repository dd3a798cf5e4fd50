import { binWidth, topOf } from './counting/fine-bins.ts';
import { unframed, type FramedCounts } from './counting/framed-counts.ts';
import { emptyHistogram, type CountedValues, type Histogram } from './histogram.ts';
import { absoluteMax, mergeRanges, type BlobRange } from './range.ts';

/** How finely values are counted, and how many are kept as they are before that. */
export interface Fineness {
  /** log2 of the number of bins. */
  readonly bits: number;
  /** Values other than 0. */
  readonly mostKept: number;
}

/** What one histogram, or several together, have counted, without the counts. */
export interface FineOutline {
  readonly fineness: Fineness;
  readonly range: BlobRange;
  readonly zeros: number;
  /** Values other than 0, if all are kept. */
  readonly kept: number | undefined;
}

/** Of both together; they have the same fineness. */
export function mergeOutlines(a: FineOutline, b: FineOutline): FineOutline {
  const { fineness } = a;
  const kept = (a.kept ?? Infinity) + (b.kept ?? Infinity);
  return {
    fineness,
    range: mergeRanges(a.range, b.range),
    zeros: a.zeros + b.zeros,
    kept: kept <= fineness.mostKept ? kept : undefined,
  };
}

/** 2048 bins over [0, largest magnitude] of all that `outline` has, from the sum of their framed counts; empty where all is 0. */
export function histogramOf(
  { fineness, range, zeros }: FineOutline,
  framed: FramedCounts,
  counted: CountedValues,
): Histogram {
  const max = absoluteMax(range);
  if (max === 0) return emptyHistogram(max);
  const counts = unframed(framed, binWidth(topOf(max), fineness.bits), max);
  if (counted === 'not-negative') counts[0] += zeros;
  return { max, counts };
}
