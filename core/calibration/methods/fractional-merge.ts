/** Levels that a histogram is merged into: int8 has 128 magnitudes. */
export const levels = 128;

/**
 * Estimates the divergence of a candidate that merges its first i bins into 128 groups of i / 128 bins, the bins on a
 * group's edge shared by their fractions: the scheme of TensorRT's calibration, of which several tools have variants.
 *
 *     D(i) = Σ P·log P - Σ P·log Q
 *
 * Within a group Q is constant, so everything but the bins on edges comes from running sums: about 255 logarithms a
 * candidate instead of i.
 */
export class FractionalMerge {
  /** Running sums of whole numbers, so exact. */
  private readonly mass: Float64Array;
  private readonly members: Float64Array;
  private readonly referenceMass: Float64Array;
  private readonly entropy: Float64Array;

  /**
   * @param counts the histogram
   * @param total the sum of `counts`
   * @param occupied 1 for a bin among which its group's mass is spread, else 0
   * @param reference P without the tail: the normalised histogram, with what the variant adds to every bin
   * @param floor what the variant adds to every bin of Q
   */
  constructor(
    private readonly counts: Float64Array,
    private readonly total: number,
    private readonly occupied: Uint8Array,
    private readonly reference: Float64Array,
    private readonly floor: number,
  ) {
    this.mass = runningSums(counts, (value) => value);
    this.members = runningSums(occupied, (value) => value);
    this.referenceMass = runningSums(reference, (value) => value);
    this.entropy = runningSums(reference, (value) => (value > 0 ? value * Math.log(value) : 0));
  }

  /** D(i), where P of the last bin is `lastReference`: its own and the tail. */
  estimate(i: number, lastReference: number): number {
    const last = i - 1;
    const width = i / levels;
    const lastIsReached = this.occupied[last] === 1 || this.floor > 0;
    if (!lastIsReached && lastReference > 0) return Infinity;

    let cross = 0;
    let previous = 0;
    for (let group = 0; group < levels; group++) {
      const start = group * width;
      const end = start + width;
      const first = Math.ceil(start);
      const stop = Math.floor(end);
      const before = first - start;
      const after = end - stop;
      let mass = this.mass[stop] - this.mass[first];
      let members = this.members[stop] - this.members[first];
      if (before > 0) {
        mass += before * this.counts[first - 1];
        members += before * this.occupied[first - 1];
      }
      if (after > 0) {
        mass += after * this.counts[stop];
        members += after * this.occupied[stop];
      }
      const value = members > 0 ? mass / members / this.total : 0;
      if (before > 0 && this.reference[first - 1] > 0) {
        const shared = previous * (1 - before) + value * before;
        cross += this.reference[first - 1] * Math.log(shared + this.floor);
      }
      const innerStop = group === levels - 1 ? last : stop;
      const inner = this.referenceMass[innerStop] - this.referenceMass[first];
      if (inner > 0 && value + this.floor > 0) cross += inner * Math.log(value + this.floor);
      previous = value;
    }
    if (lastReference > 0) cross += lastReference * Math.log(previous + this.floor);
    const lastEntropy = lastReference > 0 ? lastReference * Math.log(lastReference) : 0;
    return this.entropy[last] + lastEntropy - cross;
  }
}

/** sums[k] = Σ f(values[j]), j < k. */
function runningSums(values: Float64Array | Uint8Array, f: (value: number) => number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + f(values[i]);
  return sums;
}
