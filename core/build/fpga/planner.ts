import { CortadoError } from '../../common/errors.ts';
import { planesOf } from './channel-layout.ts';
import { layerCycles, tiling, type BandChoice } from './cost.ts';
import { bandsByBlocks, bandsByRows, blocksOf } from './bands.ts';
import { mostInputRows, widenedOutput, wordsOf } from './geometry.ts';
import { memoryWidth, pixelBytes, transferPlanes } from './map-data.ts';
import { memoryBytesPerCycle, type AcceleratorTarget } from './parts.ts';
import type { Band, ChipMap, LayerPlan, Side } from './plan.ts';
import { Residency, type RunStep } from './residency.ts';
import { Space } from './space.ts';
import type { Place, Placed } from './storage.ts';
import { planesOfBlock, setCount } from './weights.ts';

/** Thrown where a storage cannot stay in the activation buffer. */
class NoRoom extends Error {
  constructor(readonly evict: number) {
    super(`storage ${evict} has to go to memory`);
  }
}

/** Thrown where two layers cannot have their buffers at the same time. */
class NoRoomForPair extends Error {
  constructor(readonly first: RunStep) {
    super(`${first.layer.name} and the layer behind it do not fit together`);
  }
}

/** What a layer needs of the activation buffer for one side that streams. */
interface Stream {
  readonly pitch: number;
  readonly planes: number;
  readonly rows: (outputRows: number) => number;
}

/**
 * Decides for one program which maps stay in the activation buffer and in which bands each layer runs: whole maps stay as long as
 * there is room, and what streams gets the bands that the estimate likes best.
 *
 * @param alone layers that do not take turns with the one behind them
 * @param prefersTurns maps leave the activation buffer where layers could not take turns otherwise
 *
 * Throws `fpga.does-not-fit` where a layer's smallest bands do not fit the buffer.
 */
export function planProgram(
  placed: Placed,
  steps: readonly RunStep[],
  stage: number,
  target: AcceleratorTarget,
  alone: ReadonlySet<RunStep> = new Set(),
  prefersTurns = false,
): readonly LayerPlan[] {
  const evicted = new Set<number>();
  const single = new Set(alone);
  for (;;) {
    try {
      return new Planner(
        new Residency(placed, steps, stage, target.part, evicted),
        target,
        single,
        prefersTurns,
      ).plan();
    } catch (error) {
      if (error instanceof NoRoom) evicted.add(error.evict);
      else if (error instanceof NoRoomForPair) single.add(error.first);
      else throw error;
    }
  }
}

class Planner {
  private readonly space: Space;
  private readonly resident = new Map<number, ChipMap>();
  private readonly streams: number;
  /** The layer ahead, where this one runs with it, and buffers that stay for both. */
  private first: RunStep | undefined;
  private firstRows = Infinity;
  private held: readonly (readonly SizedMap[])[] = [];

  constructor(
    private readonly residency: Residency,
    private readonly target: AcceleratorTarget,
    /** Layers that do not run with the one behind them. */
    private readonly single: ReadonlySet<RunStep>,
    private readonly prefersTurns: boolean,
  ) {
    this.space = new Space(target.part.words);
    this.streams = target.part.streams;
  }

  plan(): readonly LayerPlan[] {
    const { steps } = this.residency;
    return steps.map((step, index) => {
      const isSecond = this.first !== undefined;
      const runsWithNext = !isSecond && this.canPair(step, steps[index + 1]);
      const room = runsWithNext ? this.roomForFirst(steps[index + 1]) : Infinity;
      const plan = this.planStep(step, runsWithNext, room);
      this.first = runsWithNext ? step : undefined;
      this.firstRows = runsWithNext ? plan.bands[0].to : Infinity;
      if (runsWithNext) return plan;
      this.giveBuffers(this.held);
      this.held = [];
      for (const id of [...this.resident.keys()]) {
        const isDone = !steps.slice(index + 1).some((later) => usesStorage(later, id));
        if (isDone) this.release(id);
      }
      return plan;
    });
  }

  /** Whether the next layer loads what this one stores. */
  private canPair(step: RunStep, next: RunStep | undefined): boolean {
    const { storage } = step.output;
    return (
      next !== undefined &&
      !this.single.has(step) &&
      !this.residency.isResident(storage) &&
      next.inputs.some((place) => place.storage === storage)
    );
  }

  /** Half of what is left when the second layer's result has its place. */
  private roomForFirst(next: RunStep): number {
    const { storage } = next.output;
    const isNew = this.residency.isResident(storage) && !this.resident.has(storage);
    return (this.space.room - (isNew ? this.residentWords(storage) : 0)) / 2;
  }

  private planStep(step: RunStep, runsWithNext: boolean, room: number): LayerPlan {
    const { layer } = step;
    const { geometry } = layer;
    const out = step.output.storage;
    if (this.residency.isResident(out) && !this.resident.has(out)) this.settle(out);
    const pitch = this.inputPitch(step);
    const inputStreams = step.inputs.filter(({ storage }) => !this.residency.isResident(storage));
    const outPlanes = this.outputPlanes(step);
    const streams: Stream[] = inputStreams.map((place) => ({
      pitch,
      planes: this.inputPlanes(place),
      rows: (rows) => mostInputRows(geometry, rows),
    }));
    const outPitch = Math.max(widenedOutput(geometry, this.streams), geometry.output.width);
    if (!this.residency.isResident(out)) streams.push({ pitch: outPitch, planes: outPlanes, rows: (rows) => rows });

    const { bands, keepsWeights, buffers } =
      this.chunks(step, streams) ?? this.chooseBands(step, streams, outPlanes, room);
    const inputs = step.inputs.map((place): Side => {
      const streamed = inputStreams.indexOf(place);
      return this.side(place, this.inputPlanes(place), streamed < 0 ? undefined : buffers[streamed], streamed >= 0);
    });
    const streamedOutput = this.residency.isResident(out) ? undefined : buffers[buffers.length - 1];
    const output = this.side(step.output, outPlanes, streamedOutput, this.residency.needsMemory(out));
    this.held = [...this.held, ...buffers];
    return { step, inputs, output, bands, keepsWeights, runsWithNext };
  }

  private side(place: Place, planes: number, streamed: readonly ChipMap[] | undefined, usesMemory: boolean): Side {
    const { storage, plane } = place;
    if (streamed !== undefined) return { storage, plane, planes, buffers: streamed, isResident: false, usesMemory };
    const whole = this.resident.get(storage);
    if (whole === undefined) throw new Error(`storage ${storage} is read before it is written`);
    const map = { ...whole, base: whole.base + plane * whole.planeStep };
    return { storage, plane, planes, buffers: [map], isResident: true, usesMemory };
  }

  /** All inputs of a layer lie at one pitch. */
  private inputPitch(step: RunStep): number {
    const { geometry } = step.layer;
    const pitches = step.inputs
      .filter(({ storage }) => this.residency.isResident(storage))
      .map(({ storage }) => this.resident.get(storage)?.pitch ?? 0);
    const [first] = pitches;
    const different = step.inputs.find(({ storage }) => {
      const pitch = this.resident.get(storage)?.pitch;
      return this.residency.isResident(storage) && pitch !== first;
    });
    if (different !== undefined) throw new NoRoom(different.storage);
    if (pitches.length > 0) return first;
    const least = Math.max(...step.inputs.map(({ storage }) => memoryWidth(this.residency.storage(storage))));
    for (let pitch = least; pitch < least + this.streams; pitch += 1) {
      if (this.fits(geometry, pitch)) return pitch;
    }
    throw new Error(`${step.layer.name}: no pitch fits its stride`);
  }

  private fits(geometry: RunStep['layer']['geometry'], pitch: number): boolean {
    const { stride } = geometry;
    return (stride.height * pitch - stride.width * widenedOutput(geometry, this.streams)) % this.streams === 0;
  }

  private inputPlanes(place: Place): number {
    const storage = this.residency.storage(place.storage);
    return storage.format === 'narrow' ? 1 : planesOf(place.layout);
  }

  private outputPlanes(step: RunStep): number {
    const storage = this.residency.storage(step.output.storage);
    return storage.format === 'raw' ? transferPlanes(storage) : planesOf(step.output.layout);
  }

  /** Gives a whole map its place, or sends the largest one there is to memory. */
  private settle(id: number): void {
    const storage = this.residency.storage(id);
    const pitch = this.residentPitch(id);
    const planeStep = wordsOf(storage.size.height, pitch, this.streams);
    const base = this.space.take(planeStep * transferPlanes(storage));
    if (base === undefined) throw this.first === undefined ? new NoRoom(id) : new NoRoomForPair(this.first);
    this.resident.set(id, { base, pitch, planeStep });
  }

  private residentPitch(id: number): number {
    const readers = this.residency.readersOf(id).map(({ layer }) => layer.geometry);
    const pitch = this.residency.pitchFor(id, readers);
    if (pitch === undefined) throw new NoRoom(id);
    return pitch;
  }

  private residentWords(id: number): number {
    const storage = this.residency.storage(id);
    return wordsOf(storage.size.height, this.residentPitch(id), this.streams) * transferPlanes(storage);
  }

  private release(id: number): void {
    const map = this.resident.get(id);
    if (map === undefined) return;
    this.space.give(map.base, map.planeStep * transferPlanes(this.residency.storage(id)));
    this.resident.delete(id);
  }

  private chooseBands(step: RunStep, streams: readonly Stream[], outputPlanes: number, room: number): Cut {
    const { layer } = step;
    const { height } = layer.geometry.output;
    const isLoaded = step.inputs.some(({ storage }) => !this.residency.isResident(storage));
    const storedBytes = this.residency.needsMemory(step.output.storage) ? 16 * outputPlanes : 0;
    const loadedBytes = isLoaded ? this.loadedPixelBytes(step) : 0;
    let best: { cycles: number; rows: number; keepsWeights: boolean } | undefined;
    let last = 0;
    for (let count = 1; count <= height; count += 1) {
      const rows = Math.ceil(height / count);
      if (rows === last) continue;
      last = rows;
      // Bands that take turns move about as many rows each, so that neither's transfers hold up the other's.
      if (this.firstRows < rows * layer.geometry.stride.height && rows > 1) continue;
      const buffers = this.takeBuffers(streams, rows, height);
      if (buffers === undefined) continue;
      this.giveBuffers(buffers);
      if (buffers.flat().reduce((sum, { size }) => sum + size, 0) > room) continue;
      const keepsWeights = this.keepsWeights(step, rows);
      const choice: BandChoice = {
        layer,
        layout: step.inputs[0].layout,
        outputPlanes,
        loadedPixelBytes: loadedBytes,
        storedPixelBytes: storedBytes,
        keepsWeights,
        memoryBytesPerCycle: memoryBytesPerCycle(this.target),
      };
      const cycles = layerCycles(this.target.part, choice, rows);
      if (best === undefined || cycles < best.cycles) best = { cycles, rows, keepsWeights };
      if (streams.length === 0) break;
    }
    const buffers = best === undefined ? undefined : this.takeBuffers(streams, best.rows, height);
    if (best === undefined || buffers === undefined) throw this.noRoomFor(step, room !== Infinity);
    return { bands: bandsByRows(step, best.rows), keepsWeights: best.keepsWeights, buffers };
  }

  /**
   * Where only the result streams and does not fit as a whole: some of its channels at a time, so that weights are loaded once.
   * Undefined where that is of no use.
   */
  private chunks(step: RunStep, streams: readonly Stream[]): Cut | undefined {
    const { layer } = step;
    const { height } = layer.geometry.output;
    const [output] = streams;
    const isLoaded = step.inputs.some(({ storage }) => !this.residency.isResident(storage));
    if (layer.kind !== 'convolution' || isLoaded || streams.length === 0) return undefined;
    const whole = this.takeBuffers(streams, height, height);
    if (whole !== undefined) {
      this.giveBuffers(whole);
      return undefined;
    }
    const planes = layer.requantisation === undefined ? 8 : 2;
    for (let blocks = blocksOf(step) - 1; blocks > 0; blocks -= 1) {
      const chunk = { ...output, planes: blocks * planes };
      // Two buffers of all rows: one is stored while the other is written.
      const buffers = this.takeBuffers([chunk, chunk], height, height);
      if (buffers === undefined) continue;
      return {
        bands: bandsByBlocks(step, blocks),
        keepsWeights: this.keepsWeights(step, height),
        buffers: [buffers.flat()],
      };
    }
    return undefined;
  }

  private loadedPixelBytes(step: RunStep): number {
    return step.inputs
      .filter(({ storage }) => !this.residency.isResident(storage))
      .reduce(
        (sum, place) => sum + this.inputPlanes(place) * pixelBytes(this.residency.storage(place.storage).format),
        0,
      );
  }

  /** Small weights are loaded once for all tiles of a band; half the buffer stays free for the next block's. */
  private keepsWeights({ layer, inputs }: RunStep, rows: number): boolean {
    if (layer.kind !== 'convolution') return false;
    const sets = setCount(planesOfBlock(layer.weights, inputs[0].layout, 0), layer.weights.taps);
    return tiling(this.target.part, layer.geometry, rows).tiles > 1 && sets <= this.target.part.weightSets / 2;
  }

  /** Two buffers for each stream, one where a single band is all. */
  private takeBuffers(
    streams: readonly Stream[],
    rows: number,
    height: number,
  ): readonly (readonly SizedMap[])[] | undefined {
    const taken: SizedMap[][] = [];
    for (const stream of streams) {
      const planeStep = wordsOf(stream.rows(rows), stream.pitch, this.streams);
      const size = planeStep * stream.planes;
      const maps: SizedMap[] = [];
      taken.push(maps);
      for (let i = 0; i < (rows < height ? 2 : 1); i += 1) {
        const base = this.space.take(size);
        if (base === undefined) {
          this.giveBuffers(taken);
          return undefined;
        }
        maps.push({ base, pitch: stream.pitch, planeStep, size });
      }
    }
    return taken;
  }

  private giveBuffers(buffers: readonly (readonly SizedMap[])[]): void {
    for (const maps of buffers) for (const { base, size } of maps) this.space.give(base, size);
  }

  /** The largest map that stays makes room; where none does, the layer is too large. */
  private noRoomFor(step: RunStep, runsWithNext: boolean): Error {
    const { layer } = step;
    const first = this.first ?? (runsWithNext ? step : undefined);
    const keepsTurns = this.prefersTurns && this.first === undefined && this.resident.size > 0;
    if (first !== undefined && !keepsTurns) return new NoRoomForPair(first);
    let largest: number | undefined;
    let size = 0;
    for (const [id, map] of this.resident) {
      const words = map.planeStep * transferPlanes(this.residency.storage(id));
      if (words > size) [largest, size] = [id, words];
    }
    if (largest !== undefined) return new NoRoom(largest);
    return new CortadoError(
      'fpga.does-not-fit',
      `Layer ${layer.name} needs more of the activation buffer for a single row than ${this.target.part.name} has.`,
      "Build for a larger part, or reduce the network's input.",
      { location: { field: layer.name } },
    );
  }
}

interface Cut {
  readonly bands: readonly Band[];
  readonly keepsWeights: boolean;
  readonly buffers: readonly (readonly SizedMap[])[];
}

interface SizedMap extends ChipMap {
  readonly size: number;
}

function usesStorage(step: RunStep, id: number): boolean {
  return step.output.storage === id || step.inputs.some(({ storage }) => storage === id);
}
