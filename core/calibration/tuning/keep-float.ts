import type { ConvolutionOperation, Graph, Operation, ValueId } from '../../graph/graph.ts';
import type { Tuning } from './tuning.ts';

/** A tuning, and the layers that run in float with it. */
export interface TuningBesides {
  readonly tuning: Tuning;
  readonly keepFloat: ReadonlySet<string>;
}

/**
 * A tuning for a network of which some layers run in float though it was made for int8. A result that is stored less an
 * offset needs int8's saturation in place of its ReLU: where a layer that reads it runs in float, the offset is taken
 * back, and what its readers' biases gave for it; the other layers that read it then run in float, too.
 */
export function tuningBesides(graph: Graph, tuning: Tuning, keepFloat: ReadonlySet<string>): TuningBesides {
  if (keepFloat.size === 0) return { tuning, keepFloat };
  const readers = new Map<ValueId, Operation[]>();
  for (const operation of graph.operations) {
    for (const id of operation.inputs) readers.set(id, [...(readers.get(id) ?? []), operation]);
  }
  const stored = graph.operations
    .filter(({ kind, layer }) => kind === 'convolution' && tuning.get(layer)?.offset !== undefined)
    .map(({ layer, output }) => ({ layer, readers: convolutionsAfter(output, readers).map((reader) => reader.layer) }));
  const inFloat = new Set(keepFloat);
  const isStale = (producer: (typeof stored)[number]): boolean => producer.readers.some((layer) => inFloat.has(layer));
  // Layers that are taken along may read other such results beside.
  let before: number;
  do {
    before = inFloat.size;
    for (const producer of stored.filter(isStale)) producer.readers.forEach((layer) => inFloat.add(layer));
  } while (inFloat.size > before);
  const changed = new Map(tuning);
  for (const { layer, readers: freed } of stored.filter(isStale)) {
    changed.set(layer, { ...changed.get(layer), offset: undefined });
    for (const reader of freed) changed.set(reader, { ...changed.get(reader), addToBias: undefined });
  }
  return { tuning: changed, keepFloat: inFloat };
}

/** Those that read a value, or what moves of bytes make of it: nothing else reads one that has an offset. */
function convolutionsAfter(
  id: ValueId,
  readers: ReadonlyMap<ValueId, readonly Operation[]>,
): readonly ConvolutionOperation[] {
  const found = new Set<ConvolutionOperation>();
  const values = new Set([id]);
  for (const value of values) {
    for (const reader of readers.get(value) ?? []) {
      if (reader.kind === 'convolution') found.add(reader);
      else values.add(reader.output);
    }
  }
  return [...found];
}
