import { addFramedCounts, emptyFramedCounts, type FramedCounts } from './counting/framed-counts.ts';
import { CountingMemory } from './counting/kernel-memory.ts';
import { createFineHistogram, FineHistogram, type FineHistogramState } from './fine-histogram.ts';
import { histogramOf, mergeOutlines, type FineOutline } from './fine-outline.ts';
import type { CountedValues, RegionCounts } from './histogram.ts';
import type { BlobRange } from './range.ts';
import type { Region } from './region.ts';

/** By region. */
export type FineStates = ReadonlyMap<string, FineHistogramState>;
export type FineOutlines = ReadonlyMap<string, FineOutline>;
export type AllFramed = ReadonlyMap<string, FramedCounts>;

/** Regions of which the framed counts go together: some megabytes. */
const atATime = 32;

/** A `FineHistogram` of each region. */
export class FineHistograms {
  private readonly histograms = new Map<string, FineHistogram>();
  private readonly memory = new CountingMemory();
  private readonly parts: ReadonlyMap<string, number>;

  constructor(regions: readonly Region[]) {
    this.parts = new Map(regions.map(({ id, parts }) => [id, parts]));
  }

  /** Counts values; returns the region's range so far. */
  add(id: string, values: Float32Array): BlobRange {
    const histogram = this.histograms.get(id) ?? createFineHistogram(this.parts.get(id) ?? 1, this.memory);
    this.histograms.set(id, histogram);
    histogram.add(values);
    return histogram.range;
  }

  merge(states: FineStates): void {
    for (const [id, state] of states) {
      const own = this.histograms.get(id);
      const other = FineHistogram.fromState(state, this.memory);
      if (own === undefined) this.histograms.set(id, other);
      else own.merge(other);
    }
  }

  /** All that was counted, one region after the other; none of it is here afterwards. */
  *take(): Iterable<FineStates> {
    for (const [id, histogram] of this.histograms) {
      this.histograms.delete(id);
      yield new Map([[id, histogram.state()]]);
    }
  }

  /** Forgets all that was counted. */
  clear(): void {
    this.histograms.clear();
  }

  outlines(): FineOutlines {
    return new Map([...this.histograms].map(([id, histogram]) => [id, histogram.outline()]));
  }

  /** The parts of the histograms that these and others make up together, some regions at a time. */
  *framed(together: FineOutlines, counted: CountedValues): Iterable<AllFramed> {
    const known = [...this.histograms].flatMap(([id, histogram]) => {
      const outline = together.get(id);
      return outline === undefined ? [] : [{ id, histogram, outline }];
    });
    for (let first = 0; first < known.length; first += atATime) {
      yield new Map(
        known
          .slice(first, first + atATime)
          .map(({ id, histogram, outline }) => [id, histogram.framed(outline, counted)] as const),
      );
    }
  }
}

/** What several have counted together. */
export function togetherOf(all: readonly FineOutlines[]): FineOutlines {
  const together = new Map<string, FineOutline>();
  for (const outlines of all) {
    for (const [id, outline] of outlines) {
      const known = together.get(id);
      together.set(id, known === undefined ? outline : mergeOutlines(known, outline));
    }
  }
  return together;
}

/** The histograms that all parts make up. */
export function histogramsOf(
  together: FineOutlines,
  all: Iterable<AllFramed>,
  counted: CountedValues,
): ReadonlyMap<string, RegionCounts> {
  const sums = new Map([...together.keys()].map((id) => [id, emptyFramedCounts()] as const));
  for (const framed of all) {
    for (const [id, counts] of framed) {
      const sum = sums.get(id);
      if (sum !== undefined) addFramedCounts(sum, counts);
    }
  }
  return new Map(
    [...together].map(([id, outline]) => {
      const histogram = histogramOf(outline, sums.get(id) ?? emptyFramedCounts(), counted);
      return [id, { range: outline.range, histogram }] as const;
    }),
  );
}
