import { wordsOf } from './geometry.ts';
import { transferPlanes } from './map-data.ts';
import type { AcceleratorPart } from './parts.ts';
import type { ChipMap } from './plan.ts';
import { areApart, BLOCK_WORDS } from './read-blocks.ts';
import type { Residency } from './residency.ts';
import { Space } from './space.ts';

/** What a layer needs of the activation buffer for one side that streams. */
export interface Stream {
  readonly pitch: number;
  readonly planes: number;
  readonly rows: (outputRows: number) => number;
  /** The unit that reads it, where another one works beside it: they get different blocks as far as there is room. */
  readonly reader?: Unit;
}

export type Unit = 'convolution' | 'vector';

export interface SizedMap extends ChipMap {
  readonly size: number;
}

/** By unit: ranges of words that it reads. */
export type UnitReads = Partial<Readonly<Record<Unit, readonly { readonly from: number; readonly to: number }[]>>>;

export function otherUnit(unit: Unit): Unit {
  return unit === 'vector' ? 'convolution' : 'vector';
}

/** By stream: one buffer, or two that bands use in turn. */
export type StreamBuffers = readonly (readonly SizedMap[])[];

export function wordsTaken(buffers: StreamBuffers): number {
  return buffers.flat().reduce((sum, { size }) => sum + size, 0);
}

/** The activation buffer while a program is planned: whole maps that stay, and buffers of streams. */
export class ActivationBuffers {
  private readonly space: Space;
  private readonly maps = new Map<number, ChipMap>();

  constructor(
    private readonly residency: Residency,
    private readonly part: AcceleratorPart,
  ) {
    this.space = new Space(part.words);
  }

  get room(): number {
    return this.space.room;
  }

  /** The whole map of a storage, where it has its place. */
  resident(id: number): ChipMap | undefined {
    return this.maps.get(id);
  }

  /** Words of a whole map that has its place. */
  residentRange(id: number): { readonly from: number; readonly to: number } | undefined {
    const map = this.maps.get(id);
    return map && { from: map.base, to: map.base + map.planeStep * transferPlanes(this.residency.storage(id)) };
  }

  residents(): readonly number[] {
    return [...this.maps.keys()];
  }

  /** Gives a whole map its place; false where there is no room. */
  settle(id: number): boolean {
    const storage = this.residency.storage(id);
    const pitch = this.residency.wholePitch(id);
    const planeStep = wordsOf(storage.size.height, pitch, this.part.streams);
    const base = this.space.take(planeStep * transferPlanes(storage));
    if (base === undefined) return false;
    this.maps.set(id, { base, pitch, planeStep });
    return true;
  }

  /** Words that a whole map takes. */
  wholeWords(id: number): number {
    const storage = this.residency.storage(id);
    return wordsOf(storage.size.height, this.residency.wholePitch(id), this.part.streams) * transferPlanes(storage);
  }

  release(id: number): void {
    const map = this.maps.get(id);
    if (map === undefined) return;
    this.space.give(map.base, map.planeStep * transferPlanes(this.residency.storage(id)));
    this.maps.delete(id);
  }

  /** The largest map that has its place. */
  largest(): number | undefined {
    let largest: number | undefined;
    let size = 0;
    for (const [id, map] of this.maps) {
      const words = map.planeStep * transferPlanes(this.residency.storage(id));
      if (words > size) [largest, size] = [id, words];
    }
    return largest;
  }

  /**
   * Two buffers for each stream, one where a single band is all; undefined where there is no room.
   *
   * @param read by unit: what it reads besides
   */
  take(streams: readonly Stream[], rows: number, height: number, read: UnitReads = {}): StreamBuffers | undefined {
    const taken: SizedMap[][] = [];
    const reads = { convolution: [...(read.convolution ?? [])], vector: [...(read.vector ?? [])] };
    for (const stream of streams) {
      const planeStep = wordsOf(stream.rows(rows), stream.pitch, this.part.streams);
      const size = planeStep * stream.planes;
      const maps: SizedMap[] = [];
      taken.push(maps);
      for (let i = 0; i < (rows < height ? 2 : 1); i += 1) {
        const others = stream.reader === undefined ? [] : reads[otherUnit(stream.reader)];
        const base =
          this.space.takeWhere(size, BLOCK_WORDS, (from, to) => areApart(from, to, others)) ?? this.space.take(size);
        if (base === undefined) {
          this.give(taken);
          return undefined;
        }
        if (stream.reader !== undefined) reads[stream.reader].push({ from: base, to: base + size });
        maps.push({ base, pitch: stream.pitch, planeStep, size });
      }
    }
    return taken;
  }

  give(buffers: StreamBuffers): void {
    for (const maps of buffers) for (const { base, size } of maps) this.space.give(base, size);
  }
}
