import type { CountedValues } from './histogram.ts';
import { misfits, smallNegative, smallPositive, type OctaveBins } from './octave-bins.ts';
import type { BlobRange } from './range.ts';
import { negativeZeros, rangeFrom, signBit } from './float-bits.ts';
import { rebin } from './rebin.ts';

const mostPending = 2 ** 32 - 1;

/** What was seen while values were counted. */
export interface Counted {
  readonly range: BlobRange;
  /** Of either sign. They are not counted. */
  readonly zeros: number;
  /** Values that have no place. They are not counted. */
  readonly misfits: number;
}

/** Counts in `OctaveBins`. */
export class DenseCounts {
  /** 32 bits are half of the traffic, so they are emptied before they overflow. */
  private readonly recent: Uint32Array;
  private pending = 0;
  private settled: Float64Array | undefined;

  /** @param counts counts to begin with, by place; their memory is used */
  constructor(
    readonly bins: OctaveBins,
    counts?: Uint32Array | Float64Array,
  ) {
    this.recent = counts instanceof Uint32Array ? counts : new Uint32Array(bins.length);
    if (counts instanceof Uint32Array) this.pending = counts.reduce((sum, count) => sum + count, 0);
    else this.settled = counts;
  }

  add(values: Float32Array): Counted {
    const { length } = values;
    if (this.pending + length > mostPending) this.settle();
    this.pending += length;
    const bits = new Int32Array(values.buffer, values.byteOffset, length);
    const { recent } = this;
    const { shifts, offsets } = this.bins;
    let zeros = 0;
    let largest = 0;
    let all = 0;
    // This sees every value of every blob: no branch, since half of them are zeros in no order that a processor foresees.
    for (let i = 0; i < length; i++) {
      const value = bits[i];
      const code = value >>> 23;
      const magnitude = value & 0x7fffffff;
      recent[(magnitude >> shifts[code]) + offsets[code]]++;
      zeros = (zeros - ((magnitude - 1) >> 31)) | 0;
      largest = magnitude > largest ? magnitude : largest;
      all |= value;
    }
    const missed = recent[misfits];
    recent[misfits] = 0;
    this.pending -= missed;
    if (zeros > 0) this.leaveOutZeros(zeros, all < 0 ? negativeZeros(bits) : 0);
    return { range: rangeFrom(values, { zeros, largest, all }), zeros, misfits: missed };
  }

  /** Counts those of the values that had no place in other bins. */
  addMisfitsOf(values: Float32Array, others: OctaveBins): void {
    const missed = new Int32Array(values.buffer, values.byteOffset, values.length).filter(
      (bits) => others.placeOf(bits) === misfits,
    );
    this.add(new Float32Array(missed.buffer));
  }

  /** Adds counts over bins whose top is no higher. */
  addCounts(other: DenseCounts): void {
    this.settle();
    const settled = this.counts();
    settled[smallPositive] += other.countAt(smallPositive);
    settled[smallNegative] += other.countAt(smallNegative);
    const { hasNegatives, bins } = other.bins;
    other.bins.forEach((place, lowerBits) => {
      const count = other.countAt(place);
      if (count > 0) settled[this.bins.placeOf(lowerBits)] += count;
      if (!hasNegatives) return;
      const negatives = other.countAt(place + bins);
      if (negatives > 0) settled[this.bins.placeOf(lowerBits | signBit)] += negatives;
    });
  }

  /** As equal bins from 0 on, added to `counts`. */
  rebinned(counted: CountedValues, width: number, counts: Float64Array): void {
    const { bins, hasNegatives } = this.bins;
    const withNegatives = counted === 'magnitudes';
    const fine = new Float64Array(bins + 1);
    const edges = new Float64Array(bins + 2);
    fine[0] = this.countAt(smallPositive) + (withNegatives ? this.countAt(smallNegative) : 0);
    const edge = new Float32Array(1);
    const edgeBits = new Int32Array(edge.buffer);
    let i = 1;
    this.bins.forEach((place, lowerBits) => {
      edgeBits[0] = lowerBits;
      edges[i] = edge[0];
      fine[i++] = this.countAt(place) + (withNegatives && hasNegatives ? this.countAt(place + bins) : 0);
    });
    edges[i] = 2 ** (this.bins.top + 1 - 127);
    rebin(fine, edges, width, counts);
  }

  /** All counts, by place; as 32 bits where that is enough. */
  total(): Uint32Array | Float64Array {
    return this.settled === undefined ? this.recent : this.settled.map((count, place) => count + this.recent[place]);
  }

  private countAt(place: number): number {
    return this.recent[place] + (this.settled?.[place] ?? 0);
  }

  /** Takes zeros, which were counted as small values, out again. */
  private leaveOutZeros(zeros: number, negative: number): void {
    this.recent[smallPositive] -= zeros - negative;
    this.recent[smallNegative] -= negative;
    this.pending -= zeros;
  }

  private settle(): void {
    if (this.pending === 0) return;
    const settled = this.counts();
    for (let i = 0; i < settled.length; i++) settled[i] += this.recent[i];
    this.recent.fill(0);
    this.pending = 0;
  }

  private counts(): Float64Array {
    return (this.settled ??= new Float64Array(this.bins.length));
  }
}
