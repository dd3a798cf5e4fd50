import { absoluteMax, type BlobRange } from '../range.ts';
import { fillerOf, type CountingMemory, type KernelMemory } from './kernel-memory.ts';
import { ZERO_COUNTERS } from './kernels.ts';

/** Counters from bin 0 on: the count of bin i is `lower[i] + 256 * upper[i]`. What lies beyond the end of either is 0. */
export interface Counters {
  readonly lower: Uint8Array;
  readonly upper: Uint32Array;
}

/** Counts in bins; structured clone takes it. */
export interface FineCounts {
  /** Exponent code of the largest magnitude that has a bin. */
  readonly top: number;
  readonly positive: Counters;
  /** By magnitude. */
  readonly negative: Counters;
}

/** The lowest top: where it is lower, a bin's scale is no float32. */
export const lowestTop = 32;

/** The width of each of 2^`bits` equal bins that reach from 0 to the end of the octave `top`. */
export function binWidth(top: number, bits: number): number {
  return 2 ** (top + 1 - 127 - bits);
}

/**
 * Counts in 2^`bits` equal bins from 0 to the power of two above the largest magnitude, negative values apart from the others.
 * Bins of a lower top are halves, quarters ... of those of a higher one, so counts move to a higher top exactly.
 */
export class FineBins {
  private readonly memory: KernelMemory;
  private readonly address: number;
  private readonly bins: number;
  /** Zeros that were counted but are not among the values. */
  private extraZeros = 0;
  private ownTop = lowestTop;
  private hasNegatives = false;
  /** Bins up to the largest magnitude. */
  private used = 0;

  /** Without values. */
  constructor(
    private readonly bits: number,
    memory: CountingMemory,
  ) {
    this.bins = 2 ** bits;
    const counters = 2 * this.bins + ZERO_COUNTERS;
    const { memory: taken, address } = memory.take(5 * counters);
    this.memory = taken;
    this.address = address;
  }

  get top(): number {
    return this.ownTop;
  }

  /** Zeros of either sign; they are in no bin. */
  get zeros(): number {
    const { lower, upper } = this.counters(2 * this.bins, ZERO_COUNTERS);
    return lower.reduce((sum, count, i) => sum + count + 256 * upper[i], 0) - this.extraZeros;
  }

  /**
   * Counts a piece of values, all finite, of magnitudes that have bins.
   *
   * @param loadedIn the memory that the piece was just put in, if it was
   */
  count(piece: Float32Array, loadedIn?: KernelMemory): void {
    this.extraZeros += this.memory === loadedIn ? fillerOf(piece) : this.memory.load(piece);
    const end = 4 * Math.ceil(piece.length / 8) * 8;
    this.memory.kernels.count(0, end, 1 / binWidth(this.ownTop, this.bits), this.address, this.bins);
  }

  /** Makes bins for a range, which holds that of all values so far. */
  cover(range: BlobRange): void {
    this.hasNegatives ||= range.min < 0;
    const top = topOf(absoluteMax(range));
    const octaves = top - this.ownTop;
    if (octaves > 0) {
      for (const counters of this.usedCounters()) halve(counters, octaves);
      this.ownTop = top;
    }
    this.used = Math.floor(absoluteMax(range) / binWidth(top, this.bits)) + 1;
  }

  /** Adds counts over as many bins whose range was covered. */
  add({ top, positive, negative }: FineCounts): void {
    const [ownPositive, ownNegative] = this.usedCounters();
    addCounters(ownPositive, positive, this.ownTop - top);
    if (this.hasNegatives) addCounters(ownNegative, negative, this.ownTop - top);
  }

  /** What was counted, but for zeros; it changes as more is counted. */
  counts(): FineCounts {
    const [positive, negative = noCounters] = this.usedCounters();
    return { top: this.ownTop, positive, negative };
  }

  /** Of the positive values, and of the negative ones if there are any: what lies behind is 0. */
  private usedCounters(): readonly Counters[] {
    const { bins, used } = this;
    return [0, ...(this.hasNegatives ? [bins] : [])].map((first) => this.counters(first, used));
  }

  private counters(first: number, count: number): Counters {
    const { buffer } = this.memory.kernels.memory;
    const all = 2 * this.bins + ZERO_COUNTERS;
    return {
      lower: new Uint8Array(buffer, this.address + first, count),
      upper: new Uint32Array(buffer, this.address + all + 4 * first, count),
    };
  }
}

const noCounters: Counters = { lower: new Uint8Array(0), upper: new Uint32Array(0) };

/** A copy, as short as possible: most upper parts are 0 but for the first. */
export function copyOfCounts({ top, positive, negative }: FineCounts): FineCounts {
  const copy = ({ lower, upper }: Counters): Counters => {
    let length = upper.length;
    while (length > 0 && upper[length - 1] === 0) length--;
    return { lower: lower.slice(), upper: upper.slice(0, length) };
  };
  return { top, positive: copy(positive), negative: copy(negative) };
}

/** Both together, over as many bins. */
export function sumOfCounts(a: FineCounts, b: FineCounts): FineCounts {
  const top = Math.max(a.top, b.top);
  const sum = (of: (counts: FineCounts) => Counters): Counters => {
    const length = Math.max(shifted(of(a).lower.length, top - a.top), shifted(of(b).lower.length, top - b.top)) + 1;
    const counters = { lower: new Uint8Array(length), upper: new Uint32Array(length) };
    for (const counts of [a, b]) addCounters(counters, of(counts), top - counts.top);
    return counters;
  };
  return { top, positive: sum(({ positive }) => positive), negative: sum(({ negative }) => negative) };
}

/** The count of a bin that `lower` has. */
export function countAt({ lower, upper }: Counters, bin: number): number {
  return bin < upper.length ? lower[bin] + 256 * upper[bin] : lower[bin];
}

/** Adds counts over bins of which 2^`octaves` make one. */
function addCounters(to: Counters, from: Counters, octaves: number): void {
  for (let bin = 0; bin < from.lower.length; bin++) {
    const count = countAt(from, bin);
    if (count > 0) addCount(to, shifted(bin, octaves), count);
  }
}

function addCount({ lower, upper }: Counters, bin: number, count: number): void {
  const sum = lower[bin] + count;
  if (sum < 256) {
    lower[bin] = sum;
  } else {
    lower[bin] = sum % 256;
    upper[bin] += Math.floor(sum / 256);
  }
}

/** Adds bins up, two by two, as often as there are `octaves`. */
function halve(counters: Counters, octaves: number): void {
  const { lower, upper } = counters;
  for (let bin = 1; bin < lower.length; bin++) {
    const count = countAt(counters, bin);
    if (count === 0) continue;
    lower[bin] = upper[bin] = 0;
    addCount(counters, shifted(bin, octaves), count);
  }
}

function shifted(bin: number, octaves: number): number {
  // A shift of 32 and more would be one of 0.
  return octaves > 31 ? 0 : bin >> octaves;
}

/** The exponent code of the octave that a magnitude lies in, as float32 stores it. */
export function topOf(magnitude: number): number {
  const [bits] = new Int32Array(Float32Array.of(magnitude).buffer);
  return Math.max(lowestTop, bits >> 23);
}
