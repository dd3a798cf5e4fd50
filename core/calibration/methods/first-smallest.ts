/**
 * Finds the first candidate with the smallest divergence without computing every divergence in full: `estimate` is cheap
 * and within `margin / 2` of `exact`, so only candidates whose estimate lies within `margin` of the best estimate can
 * win, and only they are computed. A divergence that is not a number or not below `limit` never wins.
 *
 * Returns `from` where no candidate wins.
 */
export function firstSmallest(search: {
  readonly from: number;
  /** One past the last candidate. */
  readonly to: number;
  readonly limit: number;
  readonly margin: number;
  readonly estimate: (candidate: number) => number;
  readonly exact: (candidate: number) => number;
}): number {
  const { from, to } = search;
  const estimates = new Float64Array(Math.max(0, to - from));
  let best = Infinity;
  for (let i = 0; i < estimates.length; i++) {
    estimates[i] = search.estimate(from + i);
    if (estimates[i] < best) best = estimates[i];
  }
  let winner = from;
  let smallest = search.limit;
  for (let i = 0; i < estimates.length; i++) {
    if (estimates[i] > best + search.margin) continue;
    const divergence = search.exact(from + i);
    if (divergence < smallest) {
      smallest = divergence;
      winner = from + i;
    }
  }
  return winner;
}
