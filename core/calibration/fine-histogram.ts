import { binWidth, copyOfCounts, FineBins, sumOfCounts, topOf, type FineCounts } from './counting/fine-bins.ts';
import { emptyFramedCounts, frame, type FramedCounts } from './counting/framed-counts.ts';
import { CountingMemory, pieceLength } from './counting/kernel-memory.ts';
import { KeptValues } from './kept-values.ts';
import { histogramOf, type Fineness, type FineOutline } from './fine-outline.ts';
import type { CountedValues, Histogram } from './histogram.ts';
import { countAbsolute } from './methods/count-absolute.ts';
import { countPositive } from './methods/count-positive.ts';
import { absoluteMax, emptyRange, mergeRanges, type BlobRange } from './range.ts';

/** 256 to 512 bins make one of the 2048 that methods look at; 1 MiB of them for each sign, or 16 MiB of values. */
const usual: Fineness = { bits: 20, mostKept: 2 ** 22 };

/** For one of many groups of a blob's channels, where memory would otherwise grow to gigabytes: 2 to 4 bins, 8 KiB for each sign. */
const ofGroups: Fineness = { bits: 13, mostKept: 2 ** 13 };

/** All that a histogram knows, for files and other processes; structured clone takes it. */
export interface FineHistogramState {
  readonly fineness: Fineness;
  readonly range: BlobRange;
  readonly zeros: number;
  /** Values other than 0, in parts. */
  readonly kept: readonly Float32Array[] | undefined;
  readonly counted: FineCounts | undefined;
}

/**
 * The values of a region, counted in one pass although their range is not known before the end.
 *
 * The rule: up to 2^22 values other than 0 are kept, and the result is that of two passes, count for count. More of them are
 * counted in 2^20 equal bins from 0 to the smallest power of two above every magnitude so far; where that doubles, bins are
 * added up two by two, which is exactly what counting in the wider ones would have given. So neither the order of the inputs
 * nor how they are shared out among processes matters, and histograms merge exactly. At the end `unframed` brings the bins to 2048
 * over [0, largest magnitude].
 */
export class FineHistogram {
  range: BlobRange = emptyRange;
  /** Those that were not counted in `bins`. */
  private zeros = 0;
  /** Values other than 0, while they are few. */
  private kept: KeptValues | undefined;
  private bins: FineBins | undefined;
  /** Counts that came from elsewhere, as long as there is nothing to add. */
  private given: FineCounts | undefined;

  /** @param memory for its counters and for what it keeps; shared with others where there are many */
  constructor(
    private readonly fineness: Fineness = usual,
    private readonly memory = new CountingMemory(),
  ) {
    this.kept = new KeptValues(memory.spareParts);
  }

  /** The histogram that `state` was taken of; it may use its memory. */
  static fromState(state: FineHistogramState, memory?: CountingMemory): FineHistogram {
    const histogram = new FineHistogram(state.fineness, memory);
    histogram.range = state.range;
    histogram.zeros = state.zeros;
    const { spareParts } = histogram.memory;
    histogram.kept = state.kept === undefined ? undefined : new KeptValues(spareParts, state.kept);
    histogram.given = state.counted;
    return histogram;
  }

  /** Values that were kept are not copied: it holds as long as nothing more is added. */
  state(): FineHistogramState {
    const { fineness, range } = this;
    const counted = this.counted();
    const copy = counted === undefined ? undefined : copyOfCounts(counted);
    return { fineness, range, zeros: this.allZeros(), kept: this.kept?.parts(), counted: copy };
  }

  /** Counts values. Where some are not finite, `range.notFinite` says so and the histogram is of no use. */
  add(values: Float32Array): void {
    for (let start = 0; start < values.length; start += pieceLength) {
      this.addPiece(values.subarray(start, start + pieceLength));
    }
  }

  /** Adds what another one of the same fineness counted. Exact. */
  merge(other: FineHistogram): void {
    this.range = mergeRanges(this.range, other.range);
    this.zeros += other.allZeros();
    const sum = (this.kept?.length ?? Infinity) + (other.kept?.length ?? Infinity);
    if (this.kept !== undefined && other.kept !== undefined && sum <= this.fineness.mostKept) {
      for (const values of other.kept.parts()) this.kept.push(values);
      return;
    }
    const counted = other.counted();
    if (this.given !== undefined && counted !== undefined) {
      this.given = sumOfCounts(this.given, counted);
      return;
    }
    const bins = this.binsFor(this.range);
    for (const values of other.kept?.parts() ?? []) countAll(bins, values);
    if (counted !== undefined) bins.add(counted);
  }

  /** What others must know of it before counts are framed. */
  outline(): FineOutline {
    const { fineness, range, kept } = this;
    return { fineness, range, zeros: this.allZeros(), kept: kept?.length };
  }

  /** Its part of the histogram that it and others make up together, as `outline` has these. */
  framed({ range, kept }: FineOutline, counted: CountedValues): FramedCounts {
    const framed = emptyFramedCounts();
    const max = absoluteMax(range);
    if (max === 0) return framed;
    if (kept !== undefined) {
      const count = counted === 'magnitudes' ? countAbsolute : countPositive;
      for (const values of this.kept?.parts() ?? []) count(values, max, framed.inner);
      return framed;
    }
    const { top, positive, negative } = this.countedOver(range);
    const narrow = binWidth(top, this.fineness.bits);
    frame(positive, narrow, max, framed);
    if (counted === 'magnitudes') frame(negative, narrow, max, framed);
    return framed;
  }

  /** 2048 bins over [0, largest magnitude]; empty where all is 0. */
  histogram(counted: CountedValues): Histogram {
    const outline = this.outline();
    return histogramOf(outline, this.framed(outline, counted), counted);
  }

  private addPiece(piece: Float32Array): void {
    const memory = this.memory.any();
    memory.load(piece);
    const range = memory.range(piece.length);
    this.range = mergeRanges(this.range, range);
    if (range.notFinite > 0) return;
    if (this.kept !== undefined) {
      const values = memory.compress(piece.length);
      if (this.kept.length + values.length <= this.fineness.mostKept) {
        this.kept.push(values);
        this.zeros += piece.length - values.length;
        return;
      }
    }
    // Keeping what is not 0 moves it, but is not tried where values are counted.
    const { kept } = this;
    this.binsFor(this.range).count(piece, kept === undefined ? memory : undefined);
  }

  /** The bins, for a range, with what was kept so far. */
  private binsFor(range: BlobRange): FineBins {
    const bins = (this.bins ??= new FineBins(this.fineness.bits, this.memory));
    bins.cover(range);
    if (this.given !== undefined) bins.add(this.given);
    for (const values of this.kept?.parts() ?? []) countAll(bins, values);
    this.given = undefined;
    this.kept?.giveBack();
    this.kept = undefined;
    return bins;
  }

  /** The same, without a copy where that is not needed. */
  private countedOver(range: BlobRange): FineCounts {
    const { given, bins } = this;
    const isAsWanted = bins === undefined && given?.top === topOf(absoluteMax(range));
    return isAsWanted ? given : this.binsFor(range).counts();
  }

  private allZeros(): number {
    return this.zeros + (this.bins?.zeros ?? 0);
  }

  private counted(): FineCounts | undefined {
    return this.bins?.counts() ?? this.given;
  }
}

/** For a region of a blob that has so many parts. */
export function createFineHistogram(parts: number, memory?: CountingMemory): FineHistogram {
  return new FineHistogram(parts > 1 ? ofGroups : usual, memory);
}

function countAll(bins: FineBins, values: Float32Array): void {
  for (let start = 0; start < values.length; start += pieceLength) {
    bins.count(values.subarray(start, start + pieceLength));
  }
}
