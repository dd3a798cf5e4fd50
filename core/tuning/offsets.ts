import type { ScaleTable } from '../calibration/table.ts';
import { computesOnOffsets, type LayerOffsets } from '../calibration/tuning/apply.ts';
import type { ConvolutionOperation, EltwiseSumOperation, Graph, Operation, ValueId } from '../graph/graph.ts';
import { producersOf, movesBytes } from '../graph/byte-moves.ts';
import { INT8_LIMIT } from '../quantization/arithmetic.ts';
import { planScales } from '../quantization/plan.ts';
import { convolutionsOf, perOutputChannel } from './candidates.ts';

/** By value, of what layers write and what becomes of it by moves of bytes: what is taken from it. */
export type ValueOffsets = ReadonlyMap<ValueId, number>;

type OffsetProducer = ConvolutionOperation | EltwiseSumOperation;

/** Values that one offset goes for. */
export interface OffsetClass {
  readonly values: ReadonlySet<ValueId>;
  /** Layers of one kind of activation that write them. */
  readonly producers: readonly OffsetProducer[];
}

/**
 * A ReLU's results are never below 0, so half of the levels of a symmetric int8 are never used; a leaky ReLU uses few of
 * them. Stored less an offset c, values from c - 127 / s to c + 127 / s take all 255 levels at the scale s. That is the zero
 * point of asymmetric quantisation (Jacob et al., "Quantization and training of neural networks for efficient
 * integer-arithmetic-only inference", arXiv:1712.05877, equation 1). A layer (or a sum of blobs) with a ReLU subtracts c in its
 * bias in place of the ReLU: with s = 127 / c int8 saturates at -127 where the ReLU would cut at 0. After another activation c
 * is taken in levels, as the requantisation's zero, so it is a whole number of them. Readers add c times the sum of their weights,
 * and what they read in the padding is -c; sums add c times their coefficient.
 *
 * @returns the class of each value that a layer reads and that may have an offset, all layers but `keepFloat` being int8
 */
export function offsetClasses(graph: Graph, keepFloat: ReadonlySet<string>): ReadonlyMap<ValueId, OffsetClass> {
  const producers = producersOf(graph);
  const readers = new Map<ValueId, Operation[]>();
  for (const operation of graph.operations) {
    for (const id of operation.inputs) readers.set(id, [...(readers.get(id) ?? []), operation]);
  }
  const outputs = new Set(graph.outputs);
  const classes = new Map<ValueId, OffsetClass>();
  const sums = int8Sums(graph, keepFloat);
  const isInt8 = (operation: Operation): operation is OffsetProducer =>
    operation.kind === 'convolution' ? !keepFloat.has(operation.layer) : sums.has(operation);

  const classOf = (start: ValueId): OffsetClass | undefined => {
    const values = new Set([start]);
    const found: OffsetProducer[] = [];
    for (const id of values) {
      const producer = producers.get(id);
      if (producer === undefined || outputs.has(id)) return undefined;
      if (keepsOffset(producer)) producer.inputs.forEach((input) => values.add(input));
      else if (isInt8(producer) && mayStoreOffset(producer)) found.push(producer);
      else return undefined;
      if (found.some(({ activation }) => activation.kind !== found[0].activation.kind)) return undefined;
      for (const reader of readers.get(id) ?? []) {
        if (keepsOffset(reader)) values.add(reader.output);
        else if (!isInt8(reader)) return undefined;
      }
    }
    return { values, producers: found };
  };

  for (const operation of graph.operations) {
    const [id] = operation.inputs;
    if (operation.kind !== 'convolution' || !isInt8(operation) || classes.has(id)) continue;
    const found = classOf(id);
    if (found !== undefined) for (const value of found.values) classes.set(value, found);
  }
  return classes;
}

function mayStoreOffset({ kind, activation }: OffsetProducer): boolean {
  return kind === 'convolution' ? activation.kind !== 'none' : activation.kind === 'relu';
}

/** Sums that compute in int8, which their neighbours decide. */
function int8Sums(graph: Graph, keepFloat: ReadonlySet<string>): ReadonlySet<Operation> {
  const layers = convolutionsOf(graph).filter(({ layer }) => !keepFloat.has(layer));
  if (layers.length === 0) return new Set();
  // What the scales are does not matter.
  const table: ScaleTable = {
    format: 'ncnn',
    activationKey: 'layer',
    weights: new Map(layers.map(({ layer }) => [layer, [1]])),
    activations: new Map(layers.map(({ layer }) => [layer, [1]])),
  };
  const { int8 } = planScales(graph, table);
  return new Set([...int8].filter(({ kind }) => kind === 'eltwise-sum'));
}

/** Scale and offset of values from `lowest` (undefined: -threshold) to `threshold`: level + zeroPoint = value * scale. */
export function levelsOf({
  threshold,
  lowest = -threshold,
}: {
  readonly threshold: number;
  readonly lowest?: number | undefined;
}): { readonly scale: number; readonly zeroPoint: number } {
  // As tables have it.
  const scale = Math.fround((2 * INT8_LIMIT) / (threshold - lowest));
  return { scale, zeroPoint: Math.round(INT8_LIMIT + lowest * scale) };
}

/** Moves of bytes that bring in no zeros of their own, and cut none off. */
function keepsOffset(operation: Operation): boolean {
  if (!movesBytes(operation) || operation.kind === 'insert-zeros' || operation.kind === 'activation') return false;
  return !('activation' in operation) || operation.activation.kind === 'none';
}

/** The offsets of the layers that write the values. */
export function layerOffsets(graph: Graph, offsets: ValueOffsets): LayerOffsets {
  return new Map(
    graph.operations.flatMap((operation) => {
      const offset = computesOnOffsets(operation) ? offsets.get(operation.output) : undefined;
      return offset === undefined ? [] : [[operation.layer, offset] as const];
    }),
  );
}

/** By layer that reads values with an offset: what its bias takes, so that its result is what it was. */
export function readerCorrections(graph: Graph, offsets: ValueOffsets): ReadonlyMap<string, Float64Array> {
  return new Map(
    graph.operations.flatMap((operation) => {
      const offset = operation.kind === 'convolution' ? offsets.get(operation.inputs[0]) : undefined;
      if (operation.kind !== 'convolution' || offset === undefined) return [];
      return [[operation.layer, perOutputChannel(operation).map((sum) => sum * offset)] as const];
    }),
  );
}

/** By output channel: what an offset of the input costs where `stored` are a layer's weights in place of its own. */
export function offsetCorrection(operation: ConvolutionOperation, stored: Float32Array, offset: number): Float64Array {
  const exact = perOutputChannel(operation);
  return perOutputChannel({ ...operation, weights: stored }).map((sum, channel) => offset * (sum - exact[channel]));
}
