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
  let notFinite = 0;
  // An index is three times faster than for-of here, and this sees every value of every blob.
  // eslint-disable-next-line @typescript-eslint/prefer-for-of
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value >= min && value <= max) continue;
    if (!Number.isFinite(value)) {
      notFinite++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max, count: values.length, notFinite };
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
