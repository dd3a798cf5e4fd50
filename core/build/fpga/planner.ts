import { bandsByBlocks, bandsByRows, bandsForNext, blocksOf } from './bands.ts';
import { ActivationBuffers, wordsTaken, type Stream, type StreamBuffers, type UnitReads } from './buffers.ts';
import { layerCycles, tiling, type BandChoice } from './cost.ts';
import { mostInputRows, pitchFits, widenedOutput } from './geometry.ts';
import { canHandOver, handOverCycles } from './hand-over.ts';
import { LayerSides } from './layer-sides.ts';
import { pixelBytes } from './map-data.ts';
import { doesNotFit, NoRoom, NoRoomForPair } from './no-room.ts';
import { memoryBytesPerCycle, type AcceleratorTarget } from './parts.ts';
import type { Band, LayerPlan } from './plan.ts';
import { conflictShare, readShares } from './read-blocks.ts';
import { Residency, type RunStep } from './residency.ts';
import type { Placed } from './storage.ts';
import { planesOfBlock, setCount } from './weights.ts';

/** How layers of a program work together. */
export interface Together {
  /** Layers that do not take turns with the one behind them. */
  readonly alone: ReadonlySet<RunStep>;
  /** Layers that hand their result to the one behind them on chip, where that is possible. */
  readonly handOver: ReadonlySet<RunStep>;
  /** Maps leave the activation buffer where layers could not take turns otherwise. */
  readonly prefersTurns: boolean;
}

/**
 * Decides for one program which maps stay in the activation buffer and in which bands each layer runs: whole maps stay as long as
 * there is room, and what streams gets the bands that the estimate likes best.
 *
 * Throws `fpga.does-not-fit` where a layer's smallest bands do not fit the buffer.
 */
export function planProgram(
  placed: Placed,
  steps: readonly RunStep[],
  stage: number,
  target: AcceleratorTarget,
  together: Together,
): readonly LayerPlan[] {
  const evicted = new Set<number>();
  const alone = new Set(together.alone);
  const handOver = new Set(together.handOver);
  for (;;) {
    const handed = [...handOver].map(({ output }) => output.storage);
    const residency = new Residency(placed, steps, stage, target.part, new Set([...evicted, ...handed]));
    const impossible = [...handOver].find(
      (step) => !canHandOver(residency, target.part, step, steps[steps.indexOf(step) + 1]),
    );
    if (impossible !== undefined) {
      handOver.delete(impossible);
      continue;
    }
    try {
      return new Planner(residency, target, { ...together, alone, handOver }).plan();
    } catch (error) {
      if (error instanceof NoRoom) evicted.add(error.evict);
      else if (!(error instanceof NoRoomForPair)) throw error;
      else if (!handOver.delete(error.first)) alone.add(error.first);
    }
  }
}

class Planner {
  private readonly buffers: ActivationBuffers;
  private readonly sides: LayerSides;
  private readonly streams: number;
  /** The layer ahead, where this one runs with it, and buffers that stay for both. */
  private first: RunStep | undefined;
  private firstRows = Infinity;
  private held: readonly StreamBuffers[] = [];

  constructor(
    private readonly residency: Residency,
    private readonly target: AcceleratorTarget,
    private readonly together: Together,
  ) {
    this.buffers = new ActivationBuffers(residency, target.part);
    this.streams = target.part.streams;
    this.sides = new LayerSides(residency, this.buffers, this.streams);
  }

  plan(): readonly LayerPlan[] {
    const { steps } = this.residency;
    const plans: LayerPlan[] = [];
    while (plans.length < steps.length) {
      const step = steps[plans.length];
      const next = steps[plans.length + 1] as RunStep | undefined;
      if (this.first === undefined && next !== undefined && this.together.handOver.has(step)) {
        plans.push(...this.planHandOver(step, next));
      } else {
        const runsWithNext = this.first === undefined && this.canPair(step, next);
        const room = runsWithNext && next !== undefined ? this.roomForFirst(next) : Infinity;
        const plan = this.planStep(step, runsWithNext, room);
        plans.push(plan);
        this.first = runsWithNext ? step : undefined;
        this.firstRows = runsWithNext ? plan.bands[0].to : Infinity;
        if (runsWithNext) continue;
      }
      for (const buffers of this.held) this.buffers.give(buffers);
      this.held = [];
      this.releaseUnused(steps.slice(plans.length));
    }
    return plans;
  }

  /** Gives back the maps that nothing reads any more. */
  private releaseUnused(later: readonly RunStep[]): void {
    const [next] = later as readonly (RunStep | undefined)[];
    // A follower writes while the layer ahead still reads: its result has a place of its own, as long as there is room.
    if (next?.layer.kind === 'vector') {
      const out = next.output.storage;
      if (this.residency.isResident(out) && this.buffers.resident(out) === undefined) this.buffers.settle(out);
    }
    for (const id of this.buffers.residents()) {
      if (!later.some((each) => usesStorage(each, id))) this.buffers.release(id);
    }
  }

  /** Whether the next layer loads what this one stores. */
  private canPair(step: RunStep, next: RunStep | undefined): boolean {
    const { storage } = step.output;
    return (
      next !== undefined &&
      !this.together.alone.has(step) &&
      !this.together.handOver.has(next) &&
      !this.residency.isResident(storage) &&
      next.inputs.some((place) => place.storage === storage)
    );
  }

  /** Half of what is left when the second layer's result has its place. */
  private roomForFirst(next: RunStep): number {
    const { storage } = next.output;
    const isNew = this.residency.isResident(storage) && this.buffers.resident(storage) === undefined;
    return (this.buffers.room - (isNew ? this.buffers.wholeWords(storage) : 0)) / 2;
  }

  private planStep(step: RunStep, runsWithNext: boolean, room: number): LayerPlan {
    this.settleOutput(step);
    const inputs = this.sides.inputStreams(step, this.sides.inputPitch(step));
    const output = this.sides.outputStream(step);
    const streams = [...inputs.map(({ stream }) => stream), ...output];
    const { bands, keepsWeights, buffers } = this.chunks(step, streams) ?? this.chooseBands(step, streams, room);
    this.held = [...this.held, buffers];
    return {
      step,
      inputs: step.inputs.map((place) => this.sides.inputSide(place, inputs, buffers)),
      output: this.sides.outputSide(step, output.length > 0 ? buffers[buffers.length - 1] : undefined),
      bands,
      keepsWeights,
      runsWithNext,
    };
  }

  /** Two layers, the first of which leaves its bands for the second on chip. */
  private planHandOver(step: RunStep, next: RunStep): readonly [LayerPlan, LayerPlan] {
    const { geometry } = next.layer;
    const handed = step.output.storage;
    this.settleOutput(next);
    const firstInputs = this.sides.inputStreams(step, this.sides.inputPitch(step));
    const pitch = this.sides.inputPitch(next, widenedOutput(step.layer.geometry, this.streams));
    if (!pitchFits(geometry, pitch, this.streams)) throw new NoRoomForPair(step);
    const secondInputs = this.sides.inputStreams(next, pitch);
    const output = this.sides.outputStream(next);
    const units = [step.layer.kind, next.layer.kind] as const;
    // All rows are counted in those of the second layer's result.
    const firstStreams = firstInputs.map(({ stream }) => ({
      ...stream,
      rows: (rows: number) => stream.rows(mostInputRows(geometry, rows)),
    }));
    const streams = [
      ...firstStreams.map((stream) => ({ ...stream, reader: units[0] })),
      ...secondInputs.map(({ stream }) => ({ ...stream, reader: units[1] })),
      ...output,
    ];
    const reads: UnitReads = {
      [units[0]]: this.sides.residentRanges(step),
      [units[1]]: this.sides.residentRanges(next),
    };
    const inputCount = firstInputs.length + secondInputs.length;

    let best: { readonly cycles: number; readonly rows: number } | undefined;
    for (const rows of bandHeights(geometry.output.height)) {
      const bands = this.bandsOfBoth(step, next, rows);
      const buffers = bands && this.buffers.take(streams, rows, geometry.output.height, reads);
      if (bands === undefined || buffers === undefined) continue;
      this.buffers.give(buffers);
      const ranges = buffers.map((maps) => maps.map(({ base, size }) => ({ from: base, to: base + size })));
      const conflicts = conflictShare(
        readShares([...ranges.slice(0, firstInputs.length).flat(), ...this.sides.residentRanges(step)]),
        readShares([...ranges.slice(firstInputs.length, inputCount).flat(), ...this.sides.residentRanges(next)]),
      );
      const choices = [this.choice(step, bands[0]), this.choice(next, bands[1])] as const;
      const both = [{ ...choices[0], storedPixelBytes: 0 }, choices[1]] as const;
      const cycles = handOverCycles(this.target.part, both, bands, conflicts);
      if (best === undefined || cycles < best.cycles) best = { cycles, rows };
    }
    const bands = best && this.bandsOfBoth(step, next, best.rows);
    const buffers = best && this.buffers.take(streams, best.rows, geometry.output.height, reads);
    if (bands === undefined || buffers === undefined) throw new NoRoomForPair(step);
    this.held = [...this.held, buffers];

    const ahead = buffers.slice(firstInputs.length);
    const mid = ahead[secondInputs.findIndex(({ place }) => place.storage === handed)];
    const { plane } = step.output;
    const side = { storage: handed, plane, planes: this.sides.outputPlanes(step), buffers: mid, isResident: false };
    const first: LayerPlan = {
      step,
      inputs: step.inputs.map((place) => this.sides.inputSide(place, firstInputs, buffers)),
      output: { ...side, usesMemory: false },
      bands: bands[0],
      keepsWeights: this.keepsWeights(step, rowsOf(bands[0])),
      runsWithNext: true,
    };
    const second: LayerPlan = {
      step: next,
      inputs: next.inputs.map((place) =>
        place.storage === handed
          ? { ...side, usesMemory: false, isHandedOver: true }
          : this.sides.inputSide(place, secondInputs, ahead),
      ),
      output: this.sides.outputSide(next, output.length > 0 ? buffers[buffers.length - 1] : undefined),
      bands: bands[1],
      keepsWeights: this.keepsWeights(next, rowsOf(bands[1])),
      runsWithNext: false,
      handedOver: bands[0],
    };
    return [first, second];
  }

  private bandsOfBoth(
    step: RunStep,
    next: RunStep,
    rows: number,
  ): readonly [readonly Band[], readonly Band[]] | undefined {
    const second = bandsByRows(next, rows);
    const first = bandsForNext(step, second);
    return first === undefined ? undefined : [first, second];
  }

  private settleOutput(step: RunStep): void {
    const out = step.output.storage;
    if (!this.residency.isResident(out) || this.buffers.resident(out) !== undefined) return;
    if (this.buffers.settle(out)) return;
    if (this.together.handOver.has(step)) throw new NoRoomForPair(step);
    throw this.first === undefined ? new NoRoom(out) : new NoRoomForPair(this.first);
  }

  private chooseBands(step: RunStep, streams: readonly Stream[], room: number): Cut {
    const { layer } = step;
    const { height } = layer.geometry.output;
    let best: { cycles: number; rows: number } | undefined;
    for (const rows of bandHeights(height)) {
      // Bands that take turns move about as many rows each, so that neither's transfers hold up the other's.
      if (this.firstRows < rows * layer.geometry.stride.height && rows > 1) continue;
      const buffers = this.buffers.take(streams, rows, height);
      if (buffers === undefined) continue;
      this.buffers.give(buffers);
      if (wordsTaken(buffers) > room) continue;
      const cycles = layerCycles(this.target.part, this.choice(step, bandsByRows(step, rows)), rows);
      if (best === undefined || cycles < best.cycles) best = { cycles, rows };
      if (streams.length === 0) break;
    }
    const buffers = best === undefined ? undefined : this.buffers.take(streams, best.rows, height);
    if (best === undefined || buffers === undefined) throw this.noRoomFor(step, streams, room !== Infinity);
    return { bands: bandsByRows(step, best.rows), keepsWeights: this.keepsWeights(step, best.rows), buffers };
  }

  private choice(step: RunStep, bands: readonly Band[]): BandChoice {
    return {
      layer: step.layer,
      layout: step.inputs[0].layout,
      loadedPixelBytes: this.loadedPixelBytes(step),
      storedPixelBytes: this.residency.needsMemory(step.output.storage) ? 16 * this.sides.outputPlanes(step) : 0,
      keepsWeights: this.keepsWeights(step, rowsOf(bands)),
      memoryBytesPerCycle: memoryBytesPerCycle(this.target),
    };
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
    const whole = this.buffers.take(streams, height, height);
    if (whole !== undefined) {
      this.buffers.give(whole);
      return undefined;
    }
    const planes = layer.requantisation === undefined ? 8 : 2;
    for (let blocks = blocksOf(step) - 1; blocks > 0; blocks -= 1) {
      const chunk = { ...output, planes: blocks * planes };
      // Two buffers of all rows: one is stored while the other is written.
      const buffers = this.buffers.take([chunk, chunk], height, height);
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
    const handed = new Set([...this.together.handOver].map(({ output }) => output.storage));
    return step.inputs
      .filter(({ storage }) => !this.residency.isResident(storage) && !handed.has(storage))
      .reduce(
        (sum, place) => sum + this.sides.inputPlanes(place) * pixelBytes(this.residency.storage(place.storage).format),
        0,
      );
  }

  /** Small weights are loaded once for all tiles of a band; half the buffer stays free for the next block's. */
  private keepsWeights({ layer, inputs }: RunStep, rows: number): boolean {
    if (layer.kind !== 'convolution') return false;
    const sets = setCount(planesOfBlock(layer.weights, inputs[0].layout, 0), layer.weights.taps);
    return tiling(this.target.part, layer.geometry, rows).tiles > 1 && sets <= this.target.part.weightSets / 2;
  }

  /** The largest map that stays makes room; where none does, the layer is too large. */
  private noRoomFor(step: RunStep, streams: readonly Stream[], runsWithNext: boolean): Error {
    const first = this.first ?? (runsWithNext ? step : undefined);
    const largest = this.buffers.largest();
    const keepsTurns = this.together.prefersTurns && this.first === undefined && largest !== undefined;
    if (first !== undefined && !keepsTurns) return new NoRoomForPair(first);
    if (largest !== undefined) return new NoRoom(largest);
    return doesNotFit(step, streams, this.target.part);
  }
}

interface Cut {
  readonly bands: readonly Band[];
  readonly keepsWeights: boolean;
  readonly buffers: StreamBuffers;
}

/** Heights of bands that cut `height` rows into different numbers of bands, the largest first. */
function bandHeights(height: number): readonly number[] {
  return [...new Set(Array.from({ length: height }, (_, index) => Math.ceil(height / (index + 1))))];
}

function rowsOf(bands: readonly Band[]): number {
  return bands[0].to - bands[0].from;
}

function usesStorage(step: RunStep, id: number): boolean {
  return step.output.storage === id || step.inputs.some(({ storage }) => storage === id);
}
