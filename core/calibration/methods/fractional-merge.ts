import { quickLog } from './quick-log.ts';

/** Levels that a histogram is merged into: int8 has 128 magnitudes. */
export const levels = 128;

const groupsBetweenChecks = 8;

/**
 * Estimates the divergence of a candidate that merges its first i bins into 128 groups of i / 128 bins, the bins on a
 * group's edge shared by their fractions: the scheme of TensorRT's calibration, of which several tools have variants.
 *
 *     D(i) = Σ P·log P - Σ P·log Q
 *
 * Within a group Q is constant, so everything but the bins on edges comes from running sums: about 255 logarithms a
 * candidate instead of i. They are quick ones (1.5e-7), so D is within 4e-7.
 */
export class FractionalMerge {
  /** Running sums of whole numbers, so exact. */
  private readonly mass: Float64Array;
  private readonly members: Float64Array | undefined;
  private readonly referenceMass: Float64Array;
  private readonly entropy: Float64Array;

  /**
   * @param counts the histogram
   * @param total the sum of `counts`
   * @param occupied 1 for a bin among which its group's mass is spread, else 0; absent where that is all of them
   * @param reference P without the tail: the normalised histogram, with what the variant adds to every bin
   * @param floor what the variant adds to every bin of Q
   */
  constructor(
    private readonly counts: Float64Array,
    private readonly total: number,
    private readonly occupied: Uint8Array | undefined,
    private readonly reference: Float64Array,
    private readonly floor: number,
  ) {
    this.mass = runningSums(counts, (value) => value);
    this.members = occupied === undefined ? undefined : runningSums(occupied, (value) => value);
    this.referenceMass = runningSums(reference, (value) => value);
    this.entropy = runningSums(reference, (value) => (value > 0 ? value * Math.log(value) : 0));
  }

  /**
   * No more than D(i), from one group: the log sum inequality over the last bin, where what saturates lies, and all
   * others. Merging keeps the mass, so Q's is known without its groups.
   */
  lowerBound(i: number, lastReference: number): number {
    const lastMerged = this.lastMerged(i);
    const others = this.referenceMass[i - 1];
    const othersMerged = this.mass[i] / this.total + this.floor * i - lastMerged;
    return divergenceTerm(lastReference, lastMerged) + divergenceTerm(others, othersMerged);
  }

  /** Q of the last of i bins. */
  private lastMerged(i: number): number {
    const width = i / levels;
    const first = Math.ceil(i - width);
    const before = first - (i - width);
    const mass = this.mass[i] - this.mass[first] + (before > 0 ? before * this.counts[first - 1] : 0);
    const members = this.membersBetween(first, i) + (before > 0 ? before * this.occupancy(first - 1) : 0);
    const isReached = this.occupancy(i - 1) === 1;
    return this.floor + (isReached && members > 0 ? mass / members / this.total : 0);
  }

  /**
   * D(i), where P of the last bin is `lastReference`: its own and the tail. Infinity as soon as it is known to be above `limit`: every
   * few groups D of the bins so far is exact, and the log sum inequality bounds that of the others.
   */
  estimate(i: number, lastReference: number, limit: number): number {
    const last = i - 1;
    const width = i / levels;
    const lastIsReached = this.occupancy(last) === 1 || this.floor > 0;
    if (!lastIsReached && lastReference > 0) return Infinity;

    const { mass, referenceMass, reference, counts, total, floor } = this;
    const lastMerged = this.lastMerged(i);
    const lastTerm = divergenceTerm(lastReference, lastMerged);
    const merged = mass[i] / total + floor * i - lastMerged;
    let cross = 0;
    let previous = 0;
    let first = 0;
    let before = 0;
    for (let group = 0; group < levels; group++) {
      const end = (group + 1) * width;
      const stop = Math.floor(end);
      const after = end - stop;
      let groupMass = mass[stop] - mass[first];
      let members = this.membersBetween(first, stop);
      if (before > 0) {
        groupMass += before * counts[first - 1];
        members += before * this.occupancy(first - 1);
      }
      if (after > 0) {
        groupMass += after * counts[stop];
        members += after * this.occupancy(stop);
      }
      const value = groupMass > 0 ? groupMass / members / total : 0;
      if (before > 0 && reference[first - 1] > 0) {
        const shared = previous * (1 - before) + value * before;
        cross += reference[first - 1] * quickLog(shared + floor);
      }
      const innerStop = group === levels - 1 ? last : stop;
      const inner = referenceMass[innerStop] - referenceMass[first];
      if (inner > 0 && value + floor > 0) cross += inner * quickLog(value + floor);
      previous = value;
      first = after > 0 ? stop + 1 : stop;
      before = after > 0 ? 1 - after : 0;
      if ((group + 1) % groupsBetweenChecks === 0 && stop < last) {
        const shared = after > 0 ? after * (counts[stop] / total - value * this.occupancy(stop)) : 0;
        const mergedSoFar = mass[stop] / total + shared + floor * stop;
        const others = divergenceTerm(referenceMass[last] - referenceMass[stop], merged - mergedSoFar);
        if (this.entropy[stop] - cross + others + lastTerm > limit) return Infinity;
      }
    }
    if (lastReference > 0) cross += lastReference * quickLog(previous + floor);
    const lastEntropy = lastReference > 0 ? lastReference * Math.log(lastReference) : 0;
    return this.entropy[last] + lastEntropy - cross;
  }

  private membersBetween(from: number, to: number): number {
    return this.members === undefined ? to - from : this.members[to] - this.members[from];
  }

  private occupancy(bin: number): number {
    return this.occupied === undefined ? 1 : this.occupied[bin];
  }
}

/** p·log(p / q), with the limits for 0. */
function divergenceTerm(p: number, q: number): number {
  if (p <= 0) return 0;
  return q <= 0 ? Infinity : p * Math.log(p / q);
}

/** sums[k] = Σ f(values[j]), j < k. */
function runningSums(values: Float64Array | Uint8Array, f: (value: number) => number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + f(values[i]);
  return sums;
}
