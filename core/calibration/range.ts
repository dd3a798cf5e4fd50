/** What the first pass learns about a blob. Merging two ranges is exact, so shards can be put together. */
export interface BlobRange {
  readonly min: number;
  readonly max: number;
  /** Number of values seen. */
  readonly count: number;
  /** Number of values that are infinite or no number; they do not enter min and max. */
  readonly notFinite: number;
}

export const emptyRange: BlobRange = { min: Infinity, max: -Infinity, count: 0, notFinite: 0 };

/** The range of `values`. */
export function rangeOf(values: Float32Array): BlobRange {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value - value;
  }
  // x - x is 0 for every finite x and NaN for the others, so the common case needs no second look.
  if (sum === 0) return { min, max, count: values.length, notFinite: 0 };
  const finite = values.filter((value) => Number.isFinite(value));
  return { ...rangeOf(finite), count: values.length, notFinite: values.length - finite.length };
}

/** The range of both sets of values. */
export function mergeRanges(a: BlobRange, b: BlobRange): BlobRange {
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    count: a.count + b.count,
    notFinite: a.notFinite + b.notFinite,
  };
}

/** The largest magnitude; 0 for an empty range. */
export function absoluteMax(range: BlobRange): number {
  return Math.max(
    0,
    Math.abs(range.max === -Infinity ? 0 : range.max),
    Math.abs(range.min === Infinity ? 0 : range.min),
  );
}
