import { CortadoError } from '../../common/errors.ts';
import type { ConvolutionOperation, Graph, Operation, ValueId } from '../../graph/graph.ts';
import type { Tuning } from './tuning.ts';

/**
 * A tuning for a network of which some layers run in float though it was made for int8. A result that is stored less an
 * offset needs int8's saturation in place of its ReLU: where no layer that reads it is int8 any more, the offset is taken
 * back, and what its readers' biases gave for it. Error: `tuning.keep-float` where only some readers could do without.
 */
export function tuningBesides(graph: Graph, tuning: Tuning, keepFloat: ReadonlySet<string>): Tuning {
  if (keepFloat.size === 0) return tuning;
  const readers = new Map<ValueId, Operation[]>();
  for (const operation of graph.operations) {
    for (const id of operation.inputs) readers.set(id, [...(readers.get(id) ?? []), operation]);
  }
  const stored = graph.operations
    .filter(({ kind, layer }) => kind === 'convolution' && tuning.get(layer)?.offset !== undefined)
    .map(({ layer, output }) => ({ layer, readers: convolutionsAfter(output, readers) }));
  const isFloat = ({ layer }: ConvolutionOperation): boolean => keepFloat.has(layer);
  const stale = stored.filter((producer) => producer.readers.every(isFloat));
  if (stale.length === 0) return tuning;
  const freed = new Set(stale.flatMap((producer) => producer.readers));
  for (const producer of stored) {
    const shared = stale.includes(producer) ? undefined : producer.readers.find((reader) => freed.has(reader));
    if (shared !== undefined) throw cannotKeep(shared.layer);
  }
  const changed = new Map(tuning);
  for (const { layer } of stale) changed.set(layer, { ...changed.get(layer), offset: undefined });
  for (const { layer } of freed) changed.set(layer, { ...changed.get(layer), addToBias: undefined });
  return changed;
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

function cannotKeep(layer: string): CortadoError {
  return new CortadoError(
    'tuning.keep-float',
    `The layer ${layer} cannot stay in float: with this table it reads values that are whole only in int8.`,
    'Keep the layers beside it in float too, or calibrate again without --best-accuracy.',
    { location: { field: layer } },
  );
}
