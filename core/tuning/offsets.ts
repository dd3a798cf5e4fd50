import type { LayerOffsets } from '../calibration/tuning/apply.ts';
import type { ConvolutionOperation, Graph, Operation, ValueId } from '../graph/graph.ts';
import { producersOf, movesBytes } from '../graph/byte-moves.ts';
import { perOutputChannel } from './candidates.ts';

/** By value, of what layers write and what becomes of it by moves of bytes: what is taken from it. */
export type ValueOffsets = ReadonlyMap<ValueId, number>;

/** Values that one offset goes for. */
export interface OffsetClass {
  readonly values: ReadonlySet<ValueId>;
  /** Layers with a ReLU that write them. */
  readonly producers: readonly ConvolutionOperation[];
}

/**
 * A ReLU's results are never below 0, so half of the levels of a symmetric int8 are never used. Where the layer subtracts an
 * offset c in its bias in place of the ReLU, at the scale 127 / c, values from 0 to 2 c take all 255 levels: int8 saturates
 * at -127 where the ReLU would cut at 0. That is the zero point of asymmetric quantisation (Jacob et al., "Quantization and
 * training of neural networks for efficient integer-arithmetic-only inference", arXiv:1712.05877, equation 1) by means of a
 * symmetric arithmetic. Readers add c times the sum of their weights, and what they read in the padding is -c.
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
  const isInt8 = (operation: Operation): operation is ConvolutionOperation =>
    operation.kind === 'convolution' && !keepFloat.has(operation.layer);

  const classOf = (start: ValueId): OffsetClass | undefined => {
    const values = new Set([start]);
    const found: ConvolutionOperation[] = [];
    for (const id of values) {
      const producer = producers.get(id);
      if (producer === undefined || outputs.has(id)) return undefined;
      if (keepsOffset(producer)) producer.inputs.forEach((input) => values.add(input));
      else if (isInt8(producer) && producer.activation.kind === 'relu') found.push(producer);
      else return undefined;
      for (const reader of readers.get(id) ?? []) {
        if (keepsOffset(reader)) values.add(reader.output);
        else if (!isInt8(reader)) return undefined;
      }
    }
    return { values, producers: found };
  };

  for (const operation of graph.operations) {
    const [id] = operation.inputs;
    if (!isInt8(operation) || classes.has(id)) continue;
    const found = classOf(id);
    if (found !== undefined) for (const value of found.values) classes.set(value, found);
  }
  return classes;
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
      const offset = operation.kind === 'convolution' ? offsets.get(operation.output) : undefined;
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
