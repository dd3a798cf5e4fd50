import { commonPitch, widenedOutput, type WindowGeometry } from './geometry.ts';
import type { ConvolutionLayer, VectorLayer } from './layers.ts';
import { memoryWidth } from './map-data.ts';
import type { AcceleratorPart } from './parts.ts';
import type { Place, Placed, Storage } from './storage.ts';

/** A layer that a program runs, and where its blobs lie; concatenations have become copies or nothing. */
export interface RunStep {
  readonly layer: ConvolutionLayer | VectorLayer;
  readonly inputs: readonly Place[];
  readonly output: Place;
}

/** How the storages that one program meets can use the activation buffer. */
export class Residency {
  private readonly pitches = new Map<number, number | undefined>();
  private readonly readers = new Map<number, RunStep[]>();
  private readonly writers = new Map<number, RunStep[]>();
  private readonly evicted: ReadonlySet<number>;

  constructor(
    private readonly placed: Placed,
    readonly steps: readonly RunStep[],
    readonly stage: number,
    private readonly part: AcceleratorPart,
    evicted: ReadonlySet<number>,
  ) {
    this.evicted = evicted;
    for (const step of steps) {
      for (const { storage } of step.inputs) append(this.readers, storage, step);
      append(this.writers, step.output.storage, step);
    }
  }

  storage(id: number): Storage {
    return this.placed.storages[id];
  }

  readersOf(id: number): readonly RunStep[] {
    return this.readers.get(id) ?? [];
  }

  writersOf(id: number): readonly RunStep[] {
    return this.writers.get(id) ?? [];
  }

  /** The pitch of a map that is resident. */
  wholePitch(id: number): number {
    const pitch = this.residentPitch(id);
    if (pitch === undefined) throw new Error(`storage ${id} has no pitch that fits all its readers`);
    return pitch;
  }

  /** Written by this program alone, read by it, and at a pitch that fits all its readers. */
  isResident(id: number): boolean {
    return !this.evicted.has(id) && this.residentPitch(id) !== undefined;
  }

  private residentPitch(id: number): number | undefined {
    if (this.pitches.has(id)) return this.pitches.get(id);
    const pitch = this.findPitch(id);
    this.pitches.set(id, pitch);
    return pitch;
  }

  private findPitch(id: number): number | undefined {
    const storage = this.storage(id);
    const readers = this.readersOf(id);
    const isOwn = storage.writers.every((use) => use.stage === this.stage) && storage.writers.length > 0;
    if (!isOwn || readers.length === 0 || storage.format !== 'planes') return undefined;
    return this.pitchFor(
      id,
      readers.map((step) => step.layer.geometry),
    );
  }

  /** The pitch of a storage for these readers, wide enough for garbage columns of its writers. */
  pitchFor(id: number, readers: readonly WindowGeometry[]): number | undefined {
    const writers = (this.writers.get(id) ?? []).map(({ layer }) => widenedOutput(layer.geometry, this.part.streams));
    return commonPitch(readers, Math.max(memoryWidth(this.storage(id)), ...writers), this.part.streams);
  }

  /** Whether a result has to go to memory: another program, the processor or the caller reads it, or this one must. */
  needsMemory(id: number): boolean {
    const storage = this.storage(id);
    return storage.isOutput || !this.isResident(id) || storage.readers.some((use) => use.stage !== this.stage);
  }
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
