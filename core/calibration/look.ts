import { CountingMemory } from './counting/kernel-memory.ts';
import { createFineHistogram, FineHistogram, type FineHistogramState } from './fine-histogram.ts';
import { binCount, type CountedValues } from './histogram.ts';
import { countAbsolute } from './methods/count-absolute.ts';
import { countPositive } from './methods/count-positive.ts';
import { emptyRange, mergeRanges, rangeOf, type BlobRange } from './range.ts';
import type { Region } from './region.ts';

/** What a pass over the inputs looks for; structured clone takes it. */
export type Look =
  | { readonly kind: 'ranges' }
  /** Bins over [0, maximum], by region. */
  | { readonly kind: 'counts'; readonly counted: CountedValues; readonly maxima: ReadonlyMap<string, number> }
  /** Both at a time. */
  | { readonly kind: 'fine' };

/** What a pass found, by region; structured clone takes it. */
export type Found =
  | { readonly kind: 'ranges'; readonly ranges: ReadonlyMap<string, BlobRange> }
  | { readonly kind: 'counts'; readonly counts: ReadonlyMap<string, Float64Array> }
  | { readonly kind: 'fine'; readonly histograms: ReadonlyMap<string, FineHistogramState> };

/** Takes in the values of regions, input by input. */
export interface Looker {
  /** Returns what is known of the region's range by now; the empty one where that is not looked for. */
  look(region: Region, values: Float32Array): BlobRange;
  /** What was found so far; the looker is empty afterwards. */
  take(): Found;
  /** The same in parts that are not large, for sending. */
  takeParts(): Iterable<Found>;
  /** Adds what another looker of the same kind found. Exact. */
  merge(found: Found): void;
}

export function createLooker(look: Look, regions: readonly Region[]): Looker {
  switch (look.kind) {
    case 'ranges':
      return new RangeLooker();
    case 'counts':
      return new CountLooker(look.counted, look.maxima);
    case 'fine':
      return new FineLooker(regions);
  }
}

class RangeLooker implements Looker {
  private ranges = new Map<string, BlobRange>();

  look({ id }: Region, values: Float32Array): BlobRange {
    return this.add(id, rangeOf(values));
  }

  take(): Found {
    const { ranges } = this;
    this.ranges = new Map();
    return { kind: 'ranges', ranges };
  }

  takeParts(): Iterable<Found> {
    return [this.take()];
  }

  merge(found: Found): void {
    if (found.kind !== 'ranges') throw otherKind(found);
    for (const [id, range] of found.ranges) this.add(id, range);
  }

  private add(id: string, range: BlobRange): BlobRange {
    const merged = mergeRanges(this.ranges.get(id) ?? emptyRange, range);
    this.ranges.set(id, merged);
    return merged;
  }
}

class CountLooker implements Looker {
  private counts = new Map<string, Float64Array>();
  private readonly count: typeof countAbsolute;

  constructor(
    counted: CountedValues,
    private readonly maxima: ReadonlyMap<string, number>,
  ) {
    this.count = counted === 'magnitudes' ? countAbsolute : countPositive;
  }

  look({ id }: Region, values: Float32Array): BlobRange {
    const max = this.maxima.get(id) ?? 0;
    if (max > 0) this.count(values, max, this.of(id));
    return emptyRange;
  }

  take(): Found {
    const { counts } = this;
    this.counts = new Map();
    return { kind: 'counts', counts };
  }

  takeParts(): Iterable<Found> {
    return [this.take()];
  }

  merge(found: Found): void {
    if (found.kind !== 'counts') throw otherKind(found);
    for (const [id, theirs] of found.counts) {
      const counts = this.of(id);
      theirs.forEach((count, bin) => (counts[bin] += count));
    }
  }

  private of(id: string): Float64Array {
    const counts = this.counts.get(id) ?? new Float64Array(binCount);
    this.counts.set(id, counts);
    return counts;
  }
}

class FineLooker implements Looker {
  private histograms = new Map<string, FineHistogram>();
  private readonly memory = new CountingMemory();
  private readonly parts: ReadonlyMap<string, number>;

  constructor(regions: readonly Region[]) {
    this.parts = new Map(regions.map(({ id, parts }) => [id, parts]));
  }

  look({ id }: Region, values: Float32Array): BlobRange {
    const histogram = this.of(id);
    histogram.add(values);
    return histogram.range;
  }

  take(): Found {
    const histograms = new Map([...this.histograms].map(([id, histogram]) => [id, histogram.state()] as const));
    this.histograms = new Map();
    return { kind: 'fine', histograms };
  }

  *takeParts(): Iterable<Found> {
    for (const [id, histogram] of this.histograms) {
      this.histograms.delete(id);
      yield { kind: 'fine', histograms: new Map([[id, histogram.state()]]) };
    }
  }

  merge(found: Found): void {
    if (found.kind !== 'fine') throw otherKind(found);
    for (const [id, state] of found.histograms) {
      const own = this.histograms.get(id);
      const other = FineHistogram.fromState(state, this.memory);
      if (own === undefined) this.histograms.set(id, other);
      else own.merge(other);
    }
  }

  private of(id: string): FineHistogram {
    const histogram = this.histograms.get(id) ?? createFineHistogram(this.parts.get(id) ?? 1, this.memory);
    this.histograms.set(id, histogram);
    return histogram;
  }
}

function otherKind({ kind }: Found): Error {
  return new Error(`a pass that looks for something else than ${kind}`);
}
