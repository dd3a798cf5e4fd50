/** What a list of latencies amounts to. All times are nanoseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly meanNs: number;
  readonly medianNs: number;
  readonly p90Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  /** Of the sample (divided by n - 1); 0 for a single value. */
  readonly standardDeviationNs: number;
  /** Median of the distances from the median: half of all runs lie that close. A few slow runs do not move it. */
  readonly medianAbsoluteDeviationNs: number;
  /** Inferences in a second, one after the other: 1 / mean. */
  readonly perSecond: number;
}

/**
 * The value below which a share of the values lies, with linear interpolation between the two nearest ranks (type 7 of
 * Hyndman and Fan 1996, what numpy.percentile does by default).
 * @param sorted ascending, at least one value
 * @param share from 0 to 1
 */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** Sorts numbers ascending into a new array. */
export function sortedAscending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

export function median(values: readonly number[]): number {
  return quantile(sortedAscending(values), 0.5);
}

/** Summarises latencies; throws a RangeError for an empty list (a defect of the caller). */
export function summarise(samplesNs: readonly number[]): LatencySummary {
  if (samplesNs.length === 0) throw new RangeError('no latencies to summarise');
  const sorted = sortedAscending(samplesNs);
  const count = sorted.length;
  const meanNs = sorted.reduce((sum, value) => sum + value, 0) / count;
  const squares = sorted.reduce((sum, value) => sum + (value - meanNs) ** 2, 0);
  const medianNs = quantile(sorted, 0.5);
  return {
    count,
    minNs: sorted[0],
    maxNs: sorted[count - 1],
    meanNs,
    medianNs,
    p90Ns: quantile(sorted, 0.9),
    p95Ns: quantile(sorted, 0.95),
    p99Ns: quantile(sorted, 0.99),
    standardDeviationNs: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    medianAbsoluteDeviationNs: median(sorted.map((value) => Math.abs(value - medianNs))),
    perSecond: meanNs > 0 ? 1e9 / meanNs : 0,
  };
}

/**
 * The range in which the true median lies with about 95 % confidence, without an assumption about the distribution: the order
 * statistics of ranks n/2 -+ 0.98 sqrt(n) (normal approximation of the binomial).
 */
export function medianRange(samplesNs: readonly number[]): { readonly lowNs: number; readonly highNs: number } {
  const sorted = sortedAscending(samplesNs);
  const n = sorted.length;
  const spread = 0.98 * Math.sqrt(n);
  const low = Math.max(0, Math.floor(n / 2 - spread) - 1);
  const high = Math.min(n - 1, Math.ceil(n / 2 + spread));
  return { lowNs: sorted[low], highNs: sorted[high] };
}
