import type { ScaleTable } from '../calibration/table.ts';
import { applyTuning, computesOnOffsets } from '../calibration/tuning/apply.ts';
import type { LayerTuning, Tuning } from '../calibration/tuning/tuning.ts';
import { alongMoves, movesBytes } from '../graph/byte-moves.ts';
import type { ConvolutionOperation, Graph, Operation, ValueId } from '../graph/graph.ts';
import { INT8_LIMIT } from './arithmetic.ts';
import { planScales } from './plan.ts';
import { ScaleClasses } from './scale-classes.ts';
import { TableScales } from './table-scales.ts';
import { storedWeights } from './weights.ts';

export interface TuningBesides {
  readonly tuning: Tuning;
  readonly table: ScaleTable;
}

/**
 * A tuning and its table for a network of which some layers run in float though they were made for int8. What is stored less
 * an offset can only be read in int8: where something that reads it runs in float, the offset is taken back, with what its
 * readers' biases gave for it, and those that stay in int8 read it at the scale that is symmetric about 0.
 * Errors: those of `planScales`, `applyTuning`.
 */
export function tuningBesides(
  graph: Graph,
  tuning: Tuning,
  table: ScaleTable,
  keepFloat: ReadonlySet<string>,
): TuningBesides {
  if (keepFloat.size === 0) return { tuning, table };
  const takenBack = offsetsToTakeBack(graph, tuning, table, keepFloat);
  const changed = new Map(tuning);
  const activations = new Map(table.activations);
  const change = (layer: string, more: LayerTuning): void => {
    changed.set(layer, { ...changed.get(layer), ...more });
  };
  const scales = new TableScales(table, graph.values);
  for (const operation of applyTuning(graph, tuning).operations) {
    const { layer } = operation;
    if (takenBack.has(operation.output) && tuning.get(layer)?.offset !== undefined)
      change(layer, { offset: undefined });
    const offset = operation.kind === 'convolution' ? takenBack.get(operation.inputs[0]) : undefined;
    if (operation.kind !== 'convolution' || offset === undefined) continue;
    const addToBias = keepFloat.has(layer)
      ? undefined
      : withoutOffset(operation, tuning.get(layer)?.addToBias, offset, scales.weightScales(operation));
    change(layer, { addToBias });
    activations.set(
      layer,
      (table.activations.get(layer) ?? []).map((scale) => symmetric(scale, offset)),
    );
  }
  return { tuning: changed, table: { ...table, activations } };
}

/** By value: the offset that it cannot keep. */
function offsetsToTakeBack(
  graph: Graph,
  tuning: Tuning,
  table: ScaleTable,
  keepFloat: ReadonlySet<string>,
): ReadonlyMap<ValueId, number> {
  const plan = planScales(graph, table, keepFloat);
  const isInt8 = (operation: Operation): boolean =>
    operation.kind === 'convolution' ? plan.weightScales.has(operation) : plan.int8.has(operation);
  const written = graph.operations.flatMap((operation) => {
    const offset = computesOnOffsets(operation) ? tuning.get(operation.layer)?.offset : undefined;
    return offset === undefined ? [] : [{ operation, offset }];
  });
  const offsets = alongMoves(graph, new Map(written.map(({ operation, offset }) => [operation.output, offset])));
  const classes = new ScaleClasses();
  for (const operation of graph.operations.filter((one) => movesBytes(one) && offsets.has(one.output))) {
    operation.inputs.forEach((input) => {
      classes.unite(input, operation.output);
    });
  }
  const read = graph.operations
    .filter((operation) => computesOnOffsets(operation) && !isInt8(operation))
    .flatMap(({ inputs }) => inputs);
  // A convolution to float leaves its ReLU to the saturation of what quantises its result, as one to int8 does.
  const unwritten = written
    .map(({ operation }) => operation)
    .filter((one) => !(isInt8(one) && plan.scales.has(one.output)) && !isConvolutionWithRelu(one))
    .map(({ output }) => output);
  const stale = new Set([...read, ...unwritten].map((id) => classes.find(id)));
  return new Map([...offsets].filter(([id]) => stale.has(classes.find(id))));
}

function isConvolutionWithRelu(operation: Operation): boolean {
  return operation.kind === 'convolution' && operation.activation.kind === 'relu';
}

/** What a bias was corrected by, less what it took for an offset of the input. */
function withoutOffset(
  operation: ConvolutionOperation,
  addToBias: readonly number[] | undefined,
  offset: number,
  scales: readonly number[] | undefined,
): readonly number[] | undefined {
  if (addToBias === undefined || scales === undefined) return undefined;
  const stored = storedWeights(operation, scales, 1);
  const perOutput = stored.length / operation.outputChannels;
  return addToBias.map((added, channel) =>
    stored
      .subarray(channel * perOutput, (channel + 1) * perOutput)
      .reduce((left, weight) => left - weight * offset, added),
  );
}

/** The scale at which what took all levels about an offset fits those about 0. */
function symmetric(scale: number, offset: number): number {
  return Math.fround((scale * INT8_LIMIT) / (INT8_LIMIT + Math.abs(Math.round(offset * scale))));
}
