/** Every so many candidates are estimated first, so that the others have something to be worse than; then more, then all. */
const strides = [256, 16, 1] as const;

/**
 * Finds the first candidate with the smallest divergence without computing every divergence in full: `estimate` is cheap
 * and within `margin / 2` of `exact`, so only candidates whose estimate lies within `margin` of the best estimate can
 * win, and only they are computed. `lowerBound`, cheaper still, is never above the divergence but by rounding (less than
 * `margin / 2`): what it shows to be worse than the best is not even estimated. A divergence that is not a number or not
 * below `limit` never wins.
 *
 * Returns `from` where no candidate wins.
 */
export function firstSmallest(search: {
  readonly from: number;
  /** One past the last candidate. */
  readonly to: number;
  readonly limit: number;
  readonly margin: number;
  readonly lowerBound?: (candidate: number) => number;
  /** Infinity where it is known to be above `limit`. */
  readonly estimate: (candidate: number, limit: number) => number;
  readonly exact: (candidate: number) => number;
}): number {
  const { from, to, margin, lowerBound } = search;
  const estimates = new Float64Array(Math.max(0, to - from)).fill(Infinity);
  let best = Infinity;
  const estimate = (i: number): void => {
    estimates[i] = search.estimate(from + i, best + 2 * margin);
    if (estimates[i] < best) best = estimates[i];
  };
  strides.forEach((stride, round) => {
    for (let i = 0; i < estimates.length; i += stride) {
      if (round > 0 && i % strides[round - 1] === 0) continue;
      if (lowerBound !== undefined && lowerBound(from + i) > best + 2 * margin) continue;
      estimate(i);
    }
  });
  let winner = from;
  let smallest = search.limit;
  for (let i = 0; i < estimates.length; i++) {
    if (estimates[i] > best + margin) continue;
    const divergence = search.exact(from + i);
    if (divergence < smallest) {
      smallest = divergence;
      winner = from + i;
    }
  }
  return winner;
}
