import type { QuantizedNetwork, TensorIndex } from '../../quantization/quantized-network.ts';
import { planesOf, sameLayout, type ChannelLayout } from './channel-layout.ts';
import type { AcceleratorLayer } from './layers.ts';
import { channelsOf, sizeOf } from './mapping.ts';
import { canBeNarrow, type MemoryMap } from './map-data.ts';
import type { Stage } from './schedule.ts';

/** A map that is allocated as a whole: a blob, or a concatenation with its parts. */
export interface Storage extends MemoryMap {
  readonly id: number;
  readonly name: string;
  /** Stages and layers that write and read it, in order. */
  readonly writers: readonly Use[];
  readonly readers: readonly Use[];
  readonly isInput: boolean;
  readonly isOutput: boolean;
}

/** A layer's (or a processor operation's) place in the schedule. */
export interface Use {
  readonly stage: number;
  readonly operation: number;
}

/** Where a blob lies: planes of a storage. */
export interface Place {
  readonly storage: number;
  readonly plane: number;
  readonly layout: ChannelLayout;
}

export interface Placed {
  readonly storages: readonly Storage[];
  /** By tensor; blobs that never meet the accelerator have none. */
  readonly places: ReadonlyMap<TensorIndex, Place>;
}

interface Draft extends MemoryMap {
  readonly id: number;
  readonly name: string;
  readonly writers: Use[];
  readonly readers: Use[];
  isInput: boolean;
  isOutput: boolean;
}

/** Gives every blob that the accelerator reads or writes its planes; concatenations get theirs around their parts'. */
export function placeBlobs(network: QuantizedNetwork, stages: readonly Stage[]): Placed {
  return new Placer(network, stages).place();
}

class Placer {
  private readonly layouts = new Map<TensorIndex, ChannelLayout>();
  private readonly formats = new Map<TensorIndex, MemoryMap['format']>();
  private readonly places = new Map<TensorIndex, Place>();
  private readonly storages: Draft[] = [];
  private readonly layers: readonly AcceleratorLayer[];

  constructor(
    private readonly network: QuantizedNetwork,
    private readonly stages: readonly Stage[],
  ) {
    this.layers = stages.flatMap((stage) => (stage.kind === 'accelerator' ? stage.layers : []));
  }

  place(): Placed {
    for (const layer of this.layers) this.layOut(layer);
    this.joinParts();
    for (const layer of this.layers) {
      for (const index of layer.inputs) this.ensure(index);
      if (layer.kind === 'alias') this.places.set(layer.output, this.placeOf(layer.inputs[0]));
      else this.ensure(layer.output);
    }
    this.recordUses();
    return { storages: this.storages, places: this.places };
  }

  private layOut(layer: AcceleratorLayer): void {
    for (const index of layer.inputs) {
      if (this.layouts.has(index)) continue;
      const channels = channelsOf(this.network.tensors[index].shape);
      this.layouts.set(index, [channels]);
      if (canBeNarrow(channels)) this.formats.set(index, 'narrow');
    }
    const inputs = layer.inputs.map((index) => this.layouts.get(index) ?? []);
    const isRaw = layer.kind === 'convolution' && layer.requantisation === undefined;
    if (isRaw) this.formats.set(layer.output, 'raw');
    if (layer.kind === 'convolution') this.layouts.set(layer.output, [layer.weights.outputs]);
    else if (layer.kind === 'concat') this.layouts.set(layer.output, inputs.flat());
    else this.layouts.set(layer.output, inputs[0]);
    if (layer.kind === 'vector' && inputs.some((layout) => !sameLayout(layout, inputs[0]))) {
      throw new Error(`${layer.name} adds blobs of different layouts`);
    }
  }

  /** A part lies in its concatenation where a layer of the accelerator writes it, and no other concatenation has it. */
  private joinParts(): void {
    const written = new Set(this.layers.filter(writesItself).map((layer) => layer.output));
    for (const layer of this.layers) {
      if (layer.kind !== 'concat') continue;
      const storage = this.storage(layer.output);
      let plane = 0;
      for (const index of layer.inputs) {
        const layout = this.layouts.get(index) ?? [];
        const isFree = written.has(index) && !this.places.has(index) && this.formats.get(index) === undefined;
        if (isFree) this.places.set(index, { storage, plane, layout });
        plane += planesOf(layout);
      }
    }
  }

  private ensure(index: TensorIndex): void {
    if (!this.places.has(index)) this.storage(index);
  }

  private storage(index: TensorIndex): number {
    const { name, shape } = this.network.tensors[index];
    const layout = this.layouts.get(index) ?? [channelsOf(shape)];
    const id = this.storages.length;
    const format = this.formats.get(index) ?? 'planes';
    const size = sizeOf(shape);
    this.storages.push({ id, name, format, layout, size, writers: [], readers: [], isInput: false, isOutput: false });
    this.places.set(index, { storage: id, plane: 0, layout });
    return id;
  }

  private recordUses(): void {
    this.stages.forEach((stage, number) => {
      const operations = stage.kind === 'processor' ? [stage.operation] : stage.layers.map((layer) => layer.operation);
      for (const position of operations) {
        const operation = this.network.operations[position];
        const use = { stage: number, operation: position };
        for (const index of 'inputs' in operation ? operation.inputs : [operation.input])
          this.draftOf(index)?.readers.push(use);
        this.draftOf(operation.output)?.writers.push(use);
      }
    });
    for (const index of this.network.inputs) this.mark(index, 'isInput');
    for (const index of this.network.outputs) this.mark(index, 'isOutput');
    // The processor turns sums into the float blob that the network knows.
    for (const draft of this.storages) if (draft.format === 'raw') draft.isOutput = true;
  }

  private mark(index: TensorIndex, flag: 'isInput' | 'isOutput'): void {
    const draft = this.draftOf(index);
    if (draft !== undefined) draft[flag] = true;
  }

  private draftOf(index: TensorIndex): Draft | undefined {
    const place = this.places.get(index);
    return place === undefined ? undefined : this.storages[place.storage];
  }

  private placeOf(index: TensorIndex): Place {
    const place = this.places.get(index);
    if (place === undefined) throw new Error(`blob ${index} has no place`);
    return place;
  }
}

function writesItself(layer: AcceleratorLayer): boolean {
  return layer.kind === 'vector' || layer.kind === 'convolution';
}
