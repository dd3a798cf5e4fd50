import { mapBytes } from './map-data.ts';
import { Space } from './space.ts';
import type { Placed } from './storage.ts';

const ALIGNMENT = 128;
/** A board's contiguous memory is smaller. */
const MOST_BYTES = 2 ** 31;

export interface MemoryLayout {
  /** By storage: bytes from the base of blobs. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly bytes: number;
}

/**
 * Places the storages that go to memory so that those that are alive together do not overlap. A storage is alive from the first
 * stage that writes it to the last that reads it; inputs from the start, outputs to the end.
 */
export function layOutMemory(placed: Placed, inMemory: ReadonlySet<number>, stages: number): MemoryLayout {
  const space = new Space(MOST_BYTES);
  const offsets = new Map<number, number>();
  const size = (id: number): number => mapBytes(placed.storages[id]) + ALIGNMENT;
  const lifetimes = placed.storages
    .filter(({ id }) => inMemory.has(id))
    .map(({ id, isInput, isOutput, writers, readers }) => ({
      id,
      from: isInput ? -1 : Math.min(...writers.map((use) => use.stage)),
      to: isOutput ? stages : Math.max(...[...readers, ...writers].map((use) => use.stage)),
    }));
  for (let stage = -1; stage < stages; stage += 1) {
    for (const { id, to } of lifetimes) if (to === stage - 1) space.give(offsets.get(id) ?? 0, size(id));
    for (const { id, from } of lifetimes) {
      if (from !== stage) continue;
      const offset = space.take(size(id), ALIGNMENT);
      if (offset === undefined) throw new RangeError("the blobs are larger than any board's memory");
      offsets.set(id, offset);
    }
  }
  return { offsets, bytes: space.peak };
}
