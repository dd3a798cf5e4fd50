/** Every so many candidates are estimated first, so that the others have something to be worse than. */
const stride = 16;

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
  readonly estimate: (candidate: number) => number;
  readonly exact: (candidate: number) => number;
}): number {
  const { from, to, margin, lowerBound } = search;
  const estimates = new Float64Array(Math.max(0, to - from)).fill(Infinity);
  let best = Infinity;
  const estimate = (i: number): void => {
    estimates[i] = search.estimate(from + i);
    if (estimates[i] < best) best = estimates[i];
  };
  for (let i = 0; i < estimates.length; i += stride) estimate(i);
  for (let i = 0; i < estimates.length; i++) {
    if (i % stride === 0 || (lowerBound !== undefined && lowerBound(from + i) > best + 2 * margin)) continue;
    estimate(i);
  }
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
