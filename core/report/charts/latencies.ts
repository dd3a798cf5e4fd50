import { quantile, sortedAscending } from '../statistics.ts';

/** More points than this say nothing more on a drawing. */
const MOST_POINTS = 1000;
const MOST_BINS = 60;
const FEWEST_BINS = 5;
/** From so many values on, the slowest hundredth is not drawn: a single slow run would press all others into one bin. */
const ENOUGH_FOR_TAIL = 100;
/** Fewest neighbours whose percentiles say something, and most groups of them. */
const FEWEST_NEIGHBOURS = 12;
const MOST_GROUPS = 40;
const FEWEST_GROUPS = 4;

/** Pairs of position and value; of long lists the fastest and the slowest of each group of neighbours. */
export function thinned(values: readonly number[]): readonly (readonly [position: number, value: number])[] {
  if (values.length <= MOST_POINTS) return values.map((value, index) => [index, value]);
  const size = Math.ceil((2 * values.length) / MOST_POINTS);
  const kept: (readonly [number, number])[] = [];
  for (let start = 0; start < values.length; start += size) {
    const group = values.slice(start, start + size).map((value, index) => [start + index, value] as const);
    group.sort(([, a], [, b]) => a - b);
    kept.push(group[0]);
    if (group.length > 1) kept.push(group[group.length - 1]);
  }
  return kept;
}

/** Percentiles of runs that followed each other. */
export interface Neighbours {
  /** Position of the first of them, from 0, and of the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
}

/** How the distribution moves over time: groups of equal size, in order; none where there are too few values for that. */
export function neighbourPercentiles(values: readonly number[]): readonly Neighbours[] {
  const groups = Math.min(MOST_GROUPS, Math.floor(values.length / FEWEST_NEIGHBOURS));
  if (groups < FEWEST_GROUPS) return [];
  return Array.from({ length: groups }, (_, group) => {
    const from = Math.round((group * values.length) / groups);
    const to = Math.round(((group + 1) * values.length) / groups);
    const sorted = sortedAscending(values.slice(from, to));
    return { from, to, p10: quantile(sorted, 0.1), median: quantile(sorted, 0.5), p90: quantile(sorted, 0.9) };
  });
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface LatencyBins {
  readonly bins: readonly Bin[];
  /** Values that are slower than the last bin. */
  readonly beyond: number;
}

/**
 * Equal bins from the fastest to the 99th percentile, or to the slowest of a few; their width by Freedman and Diaconis (1981):
 * 2 * IQR / cbrt(n).
 * @param samples at least one
 */
export function latencyBins(samples: readonly number[]): LatencyBins {
  const sorted = sortedAscending(samples);
  const low = sorted[0];
  const high = quantile(sorted, sorted.length >= ENOUGH_FOR_TAIL ? 0.99 : 1);
  const span = high - low || 1;
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(sorted.length);
  const wanted = width > 0 ? Math.ceil(span / width) : FEWEST_BINS;
  const count = Math.min(MOST_BINS, Math.max(FEWEST_BINS, wanted));
  const counts = new Array<number>(count).fill(0);
  const drawn = sorted.filter((value) => value <= high);
  for (const value of drawn) counts[Math.min(count - 1, Math.floor(((value - low) / span) * count))]++;
  const bins = counts.map((each, index) => ({
    from: low + (index / count) * span,
    to: low + ((index + 1) / count) * span,
    count: each,
  }));
  return { bins, beyond: sorted.length - drawn.length };
}
