import { quantile, sortedAscending } from '../../core/report/statistics.ts';

/** More points than this say nothing more on a drawing. */
const MOST_POINTS = 1000;
const MOST_BINS = 60;
const FEWEST_BINS = 5;

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

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Equal bins from the fastest to the slowest, their width by Freedman and Diaconis (1981): 2 * IQR / cbrt(n). */
export function latencyBins(samples: readonly number[]): readonly Bin[] {
  const sorted = sortedAscending(samples);
  if (sorted.length === 0) return [];
  const low = sorted[0];
  const span = sorted[sorted.length - 1] - low || 1;
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(sorted.length);
  const wanted = width > 0 ? Math.ceil(span / width) : FEWEST_BINS;
  const count = Math.min(MOST_BINS, Math.max(FEWEST_BINS, wanted));
  const counts = new Array<number>(count).fill(0);
  for (const value of sorted) counts[Math.min(count - 1, Math.floor(((value - low) / span) * count))]++;
  return counts.map((each, index) => ({
    from: low + (index / count) * span,
    to: low + ((index + 1) / count) * span,
    count: each,
  }));
}
