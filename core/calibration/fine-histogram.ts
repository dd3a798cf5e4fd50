import { binCount, type CountedValues, type Histogram } from './histogram.ts';
import { DenseCounts } from './dense-counts.ts';
import { countAbsolute } from './methods/count-absolute.ts';
import { countPositive } from './methods/count-positive.ts';
import { copyNonZeros, scanValues } from './float-bits.ts';
import { lowestTop, OctaveBins, type Resolution } from './octave-bins.ts';
import { absoluteMax, emptyRange, mergeRanges, type BlobRange } from './range.ts';

/** How finely values are counted, and how many are kept as they are before that. */
export interface Fineness extends Resolution {
  /** Values other than 0. */
  readonly mostKept: number;
}

/** 128 to 512 bins make one of the 2048 that methods look at; 3 MiB of bins, or 16 MiB of values. */
const usual: Fineness = { finest: 18, coarsest: 12, mostKept: 2 ** 22 };

/** For one of many groups of a blob's channels, where memory would otherwise grow to gigabytes: 1 to 4 bins, 32 KiB. */
const ofGroups: Fineness = { finest: 11, coarsest: 8, mostKept: 2 ** 13 };

/** All that a histogram knows, for files and other processes; structured clone takes it. */
export interface FineHistogramState {
  readonly fineness: Fineness;
  readonly range: BlobRange;
  readonly zeros: number;
  readonly kept: Float32Array | undefined;
  readonly counted:
    { readonly top: number; readonly hasNegatives: boolean; readonly counts: Uint32Array | Float64Array } | undefined;
}

/**
 * The values of a region, counted in one pass although their range is not known before the end.
 *
 * The rule: up to 2^22 values other than 0 are kept, and the result is that of two passes, count for count. More of them are
 * counted in `OctaveBins` below the smallest power of two above every magnitude so far; where that grows, bins are added
 * up, which is exactly what counting below the larger one would have given. So neither the order of the inputs nor how they
 * are shared out among processes matters, and histograms merge exactly. At the end `rebin` brings the bins to 2048 over
 * [0, largest magnitude].
 */
export class FineHistogram {
  range: BlobRange = emptyRange;
  private zeros = 0;
  /** Values other than 0, while they are few. */
  private kept: Float32Array | undefined = new Float32Array(0);
  private keptCount = 0;
  private dense: DenseCounts | undefined;

  constructor(private readonly fineness: Fineness = usual) {}

  /** The histogram that `state` was taken of; it may use its memory. */
  static fromState(state: FineHistogramState): FineHistogram {
    const { fineness } = state;
    const histogram = new FineHistogram(fineness);
    histogram.range = state.range;
    histogram.zeros = state.zeros;
    histogram.kept = state.kept;
    histogram.keptCount = state.kept?.length ?? 0;
    if (state.counted !== undefined) {
      const { top, hasNegatives, counts } = state.counted;
      histogram.dense = new DenseCounts(new OctaveBins(top, hasNegatives, fineness), counts);
    }
    return histogram;
  }

  /** May share memory with the histogram. */
  state(): FineHistogramState {
    const { fineness, range, zeros, dense } = this;
    const counted =
      dense === undefined
        ? undefined
        : { top: dense.bins.top, hasNegatives: dense.bins.hasNegatives, counts: dense.total() };
    return { fineness, range, zeros, kept: this.kept?.subarray(0, this.keptCount), counted };
  }

  /** Counts values. Where some are not finite, `range.notFinite` says so and the histogram is of no use. */
  add(values: Float32Array): void {
    if (this.kept !== undefined) this.keep(values);
    else this.count(values);
  }

  /** Adds what another one of the same fineness counted. Exact. */
  merge(other: FineHistogram): void {
    this.range = mergeRanges(this.range, other.range);
    this.zeros += other.zeros;
    const theirs = other.kept?.subarray(0, other.keptCount);
    if (theirs !== undefined && this.kept !== undefined && this.keptCount + theirs.length <= this.fineness.mostKept) {
      this.roomFor(this.keptCount + theirs.length).set(theirs, this.keptCount);
      this.keptCount += theirs.length;
      return;
    }
    this.dense = this.denseFor(this.range);
    if (theirs !== undefined) this.dense.add(theirs);
    if (other.dense !== undefined) this.dense.addCounts(other.dense);
  }

  /** 2048 bins over [0, largest magnitude]; empty where all is 0. */
  histogram(counted: CountedValues): Histogram {
    const max = absoluteMax(this.range);
    const counts = new Float64Array(binCount);
    if (max === 0) return { max, counts };
    if (this.kept !== undefined) {
      const values = this.kept.subarray(0, this.keptCount);
      if (counted === 'magnitudes') countAbsolute(values, max, counts);
      else countPositive(values, max, counts);
    }
    this.dense?.rebinned(counted, max / binCount, counts);
    if (counted === 'not-negative') counts[0] += this.zeros;
    return { max, counts };
  }

  private keep(values: Float32Array): void {
    const { range, zeros } = scanValues(values);
    this.range = mergeRanges(this.range, range);
    if (range.notFinite > 0) return;
    this.zeros += zeros;
    const needed = this.keptCount + values.length - zeros;
    if (needed > this.fineness.mostKept) {
      this.dense = this.denseFor(this.range);
      this.dense.add(values);
      return;
    }
    // One more, since zeros are written too, and then written over.
    copyNonZeros(values, this.roomFor(needed + 1), this.keptCount);
    this.keptCount = needed;
  }

  private count(values: Float32Array): void {
    const { dense } = this;
    if (dense === undefined) throw new Error('there is nothing to count in');
    const { zeros, misfits, range } = dense.add(values);
    this.zeros += zeros;
    this.range = mergeRanges(this.range, range);
    if (misfits === 0 || range.notFinite > 0) return;
    this.dense = this.denseFor(this.range);
    this.dense.addMisfitsOf(values, dense.bins);
  }

  /** What is counted or kept so far, in bins for a range. */
  private denseFor(range: BlobRange): DenseCounts {
    const { dense, kept } = this;
    const top = topOf(absoluteMax(range));
    const hasNegatives = range.min < 0;
    if (dense?.bins.top === top && dense.bins.hasNegatives === hasNegatives) return dense;
    const wider = new DenseCounts(new OctaveBins(top, hasNegatives, this.fineness));
    if (dense !== undefined) wider.addCounts(dense);
    if (kept !== undefined) wider.add(kept.subarray(0, this.keptCount));
    this.kept = undefined;
    this.keptCount = 0;
    return wider;
  }

  /** Room for this many kept values; it doubles, so that each is moved a few times at most. */
  private roomFor(count: number): Float32Array {
    const { kept = new Float32Array(0) } = this;
    if (kept.length >= count) return kept;
    const larger = new Float32Array(Math.min(this.fineness.mostKept + 1, Math.max(count, 2 * kept.length)));
    larger.set(kept);
    this.kept = larger;
    return larger;
  }
}

/** For a region of a blob that has so many parts. */
export function createFineHistogram(parts: number): FineHistogram {
  return new FineHistogram(parts > 1 ? ofGroups : usual);
}

/** The exponent code of the octave that a magnitude lies in. */
function topOf(magnitude: number): number {
  const [bits] = new Int32Array(Float32Array.of(magnitude).buffer);
  return Math.max(lowestTop, bits >> 23);
}
