import { FineHistograms, histogramsOf, type AllFramed, type FineOutlines, type FineStates } from './fine-histograms.ts';
import { binCount, type CountedValues, type RegionCounts } from './histogram.ts';
import { countAbsolute } from './methods/count-absolute.ts';
import { countPositive } from './methods/count-positive.ts';
import { emptyRange, mergeRanges, rangeOf, type BlobRange } from './range.ts';
import type { Region } from './region.ts';

/** What a pass over the inputs looks for; structured clone takes it. */
export type Look =
  | { readonly kind: 'ranges' }
  /** Bins over [0, maximum], by region. */
  | { readonly kind: 'counts'; readonly counted: CountedValues; readonly maxima: ReadonlyMap<string, number> }
  /** Both at a time, to histograms. */
  | { readonly kind: 'histograms'; readonly counted: CountedValues }
  /** Both at a time, to what merges exactly with what others find. */
  | { readonly kind: 'fine' };

/** What a pass found, by region; structured clone takes it. */
export type Found =
  | { readonly kind: 'ranges'; readonly ranges: ReadonlyMap<string, BlobRange> }
  | { readonly kind: 'counts'; readonly counts: ReadonlyMap<string, Float64Array> }
  | { readonly kind: 'histograms'; readonly regions: ReadonlyMap<string, RegionCounts> }
  | { readonly kind: 'framed'; readonly framed: AllFramed }
  | { readonly kind: 'fine'; readonly histograms: FineStates };

/** Takes in the values of regions, input by input. */
export interface Looker {
  /** Returns what is known of the region's range by now; the empty one where that is not looked for. */
  look(region: Region, values: Float32Array): BlobRange;
  /** What was found so far; the looker is empty afterwards. */
  take(): Found;
  /** What `merge` takes, in parts that are not large, for sending. */
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
    case 'histograms':
      return new HistogramLooker(look.counted, regions);
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
  protected readonly histograms: FineHistograms;

  constructor(regions: readonly Region[]) {
    this.histograms = new FineHistograms(regions);
  }

  look({ id }: Region, values: Float32Array): BlobRange {
    return this.histograms.add(id, values);
  }

  take(): Found {
    const states = [...this.histograms.take()].flatMap((some) => [...some]);
    return { kind: 'fine', histograms: new Map(states) };
  }

  *takeParts(): Iterable<Found> {
    for (const histograms of this.histograms.take()) yield { kind: 'fine', histograms };
  }

  merge(found: Found): void {
    if (found.kind !== 'fine') throw otherKind(found);
    this.histograms.merge(found.histograms);
  }
}

/**
 * Histograms in one pass. Where several processes look, they tell each other the outlines of what they have, and each gives its
 * part of the histograms that they make up together: counters are megabytes, such parts are not.
 */
export class HistogramLooker extends FineLooker {
  constructor(
    private readonly counted: CountedValues,
    regions: readonly Region[],
  ) {
    super(regions);
  }

  override take(): Found {
    const regions = this.regionsOf(this.outlines(), []);
    this.histograms.clear();
    return { kind: 'histograms', regions };
  }

  outlines(): FineOutlines {
    return this.histograms.outlines();
  }

  *framed(together: FineOutlines): Iterable<Found> {
    for (const framed of this.histograms.framed(together, this.counted)) yield { kind: 'framed', framed };
  }

  /** The histograms, from its own part and those of others. */
  regionsOf(together: FineOutlines, others: readonly Found[]): ReadonlyMap<string, RegionCounts> {
    const all = [...others, ...this.framed(together)].map((found) => {
      if (found.kind !== 'framed') throw otherKind(found);
      return found.framed;
    });
    return histogramsOf(together, all, this.counted);
  }
}

function otherKind({ kind }: Found): Error {
  return new Error(`a pass that looks for something else than ${kind}`);
}
