import type { ActivationBuffers, Stream, StreamBuffers } from './buffers.ts';
import { planesOf } from './channel-layout.ts';
import { mostInputRows, pitchFits, widenedOutput } from './geometry.ts';
import { memoryWidth, transferPlanes } from './map-data.ts';
import { NoRoom } from './no-room.ts';
import type { ChipMap, Side } from './plan.ts';
import type { Residency, RunStep } from './residency.ts';
import type { Place } from './storage.ts';

export interface StreamedInput {
  readonly place: Place;
  readonly stream: Stream;
}

/** Inputs and results of layers in the activation buffer: as whole maps, or as streams of bands. */
export class LayerSides {
  constructor(
    private readonly residency: Residency,
    private readonly buffers: ActivationBuffers,
    /** P */
    private readonly streams: number,
  ) {}

  inputStreams(step: RunStep, pitch: number): readonly StreamedInput[] {
    const { geometry } = step.layer;
    return step.inputs
      .filter(({ storage }) => !this.residency.isResident(storage))
      .map((place) => ({
        place,
        stream: { pitch, planes: this.inputPlanes(place), rows: (rows) => mostInputRows(geometry, rows) },
      }));
  }

  /** The result as a stream, or none where it stays. */
  outputStream(step: RunStep): readonly Stream[] {
    if (this.residency.isResident(step.output.storage)) return [];
    const { geometry } = step.layer;
    const pitch = Math.max(widenedOutput(geometry, this.streams), geometry.output.width);
    return [{ pitch, planes: this.outputPlanes(step), rows: (rows) => rows }];
  }

  inputSide(place: Place, inputs: readonly StreamedInput[], buffers: StreamBuffers): Side {
    const index = inputs.findIndex((input) => input.place === place);
    return this.side(place, this.inputPlanes(place), index < 0 ? undefined : buffers[index], index >= 0);
  }

  outputSide(step: RunStep, buffers: readonly ChipMap[] | undefined): Side {
    const { output } = step;
    return this.side(output, this.outputPlanes(step), buffers, this.residency.needsMemory(output.storage));
  }

  private side(place: Place, planes: number, streamed: readonly ChipMap[] | undefined, usesMemory: boolean): Side {
    const { storage, plane } = place;
    if (streamed !== undefined) return { storage, plane, planes, buffers: streamed, isResident: false, usesMemory };
    const whole = this.buffers.resident(storage);
    if (whole === undefined) throw new Error(`storage ${storage} is read before it is written`);
    const map = { ...whole, base: whole.base + plane * whole.planeStep };
    return { storage, plane, planes, buffers: [map], isResident: true, usesMemory };
  }

  /** All inputs of a layer lie at one pitch, of at least `least` pixels. */
  inputPitch(step: RunStep, least = 0): number {
    const { geometry } = step.layer;
    const residents = step.inputs.filter(({ storage }) => this.residency.isResident(storage));
    const pitches = residents.map(({ storage }) => this.buffers.resident(storage)?.pitch ?? 0);
    const [first] = pitches;
    const different = residents.find((_, index) => pitches[index] !== first);
    if (different !== undefined) throw new NoRoom(different.storage);
    if (pitches.length > 0 && first < least) throw new NoRoom(residents[0].storage);
    if (pitches.length > 0) return first;
    const from = Math.max(least, ...step.inputs.map(({ storage }) => memoryWidth(this.residency.storage(storage))));
    for (let pitch = from; pitch < from + this.streams; pitch += 1) {
      if (pitchFits(geometry, pitch, this.streams)) return pitch;
    }
    throw new Error(`${step.layer.name}: no pitch fits its stride`);
  }

  inputPlanes(place: Place): number {
    const storage = this.residency.storage(place.storage);
    return storage.format === 'narrow' ? 1 : planesOf(place.layout);
  }

  outputPlanes(step: RunStep): number {
    const storage = this.residency.storage(step.output.storage);
    return storage.format === 'raw' ? transferPlanes(storage) : planesOf(step.output.layout);
  }

  /** Words of the whole maps that a layer reads. */
  residentRanges(step: RunStep): readonly { readonly from: number; readonly to: number }[] {
    return step.inputs.flatMap(({ storage }) => this.buffers.residentRange(storage) ?? []);
  }
}
