import { binCount } from '../histogram.ts';
import { countAt, type Counters } from './fine-bins.ts';

/**
 * Counts of narrow bins as they lie between the edges of 2048 wide ones. Those of several, over the same narrow and wide bins, add
 * up exactly: which way the narrow bins go that an edge divides is only decided with the sum.
 */
export interface FramedCounts {
  /** By wide bin: the values that lie in it whatever is decided. */
  readonly inner: Float64Array;
  /** By edge between wide bins: the counts of the narrow bin that it divides, if it does, between those of its two neighbours. */
  readonly divided: Float64Array;
}

const last = binCount - 1;

export function emptyFramedCounts(): FramedCounts {
  return { inner: new Float64Array(binCount), divided: new Float64Array(3 * last) };
}

/** Adds `more` to `sum`. */
export function addFramedCounts(sum: FramedCounts, more: FramedCounts): void {
  more.inner.forEach((count, bin) => (sum.inner[bin] += count));
  more.divided.forEach((count, place) => (sum.divided[place] += count));
}

/**
 * Adds counts of bins of the width `narrow`, from 0 on.
 *
 * @param max where the last wide bin ends; it is at least 2048 times `narrow`, a power of 2
 */
export function frame(fine: Counters, narrow: number, max: number, framed: FramedCounts): void {
  const width = max / binCount;
  let from = 0;
  for (let bin = 0; bin < last; bin++) {
    const position = ((bin + 1) * width) / narrow;
    const to = Math.floor(position);
    framed.inner[bin] += sumOf(fine, from, to);
    from = to;
    if (position === to) continue;
    for (let neighbour = 0; neighbour < 3; neighbour++) {
      framed.divided[3 * bin + neighbour] += countOrNone(fine, to - 1 + neighbour);
    }
    from++;
  }
  framed.inner[last] += sumOf(fine, from, fine.lower.length);
}

/**
 * The counts of the wide bins. A narrow bin on an edge gives either side its share, as if its values lay evenly in it: the
 * number of values below the edge is interpolated, then rounded. One that stands alone, without a neighbour, is a single value
 * (or one that comes again and again, as pixels do) and goes as a whole to where its middle lies.
 */
export function unframed({ inner, divided }: FramedCounts, narrow: number, max: number): Float64Array {
  const width = max / binCount;
  const counts = new Float64Array(binCount);
  let below = 0;
  let given = 0;
  for (let bin = 0; bin < last; bin++) {
    below += inner[bin];
    const [before, at, after] = divided.subarray(3 * bin);
    const share = at === 0 ? 0 : shareBelow((((bin + 1) * width) / narrow) % 1, at, before + after === 0);
    counts[bin] = below + share - given;
    given += counts[bin];
    below += at;
  }
  counts[last] = below + inner[last] - given;
  return counts;
}

/** How many of a narrow bin's values lie below an edge that stands at `fraction` of it. */
function shareBelow(fraction: number, count: number, isAlone: boolean): number {
  if (isAlone) return fraction > 0.5 ? count : 0;
  return Math.round(count * fraction);
}

function sumOf({ lower, upper }: Counters, from: number, to: number): number {
  let sum = 0;
  const endOfLower = Math.min(to, lower.length);
  for (let bin = from; bin < endOfLower; bin++) sum += lower[bin];
  let upperSum = 0;
  const endOfUpper = Math.min(to, upper.length);
  for (let bin = from; bin < endOfUpper; bin++) upperSum += upper[bin];
  return sum + 256 * upperSum;
}

function countOrNone(counters: Counters, bin: number): number {
  return bin >= 0 && bin < counters.lower.length ? countAt(counters, bin) : 0;
}
