import { CortadoError } from '../../common/errors.ts';
import type { ConvolutionOperation, EltwiseSumOperation, Graph, Operation, ValueId } from '../../graph/graph.ts';
import { alongMoves } from '../../graph/byte-moves.ts';
import type { RoundedWeights, Tuning } from './tuning.ts';

/** By value: what each of its channels is divided by. */
export type ChannelFactors = ReadonlyMap<ValueId, Float64Array>;

/** What writes and reads values that are stored less an offset; everything else moves their bytes. */
export function computesOnOffsets(operation: Operation): operation is ConvolutionOperation | EltwiseSumOperation {
  return operation.kind === 'convolution' || operation.kind === 'eltwise-sum';
}

/** By layer with an activation: what is taken from its result. */
export type LayerOffsets = ReadonlyMap<string, number>;

/** By layer: what is added to the bias of each output channel. */
export type BiasCorrections = ReadonlyMap<string, Float64Array>;

/** The graph that a tuned table was made for. Error: `tuning.mismatch` where the tuning is another network's. */
export function applyTuning(graph: Graph, tuning: Tuning): Graph {
  const factors = new Map<ValueId, Float64Array>();
  const corrections = new Map<string, Float64Array>();
  const layers = new Map(
    graph.operations.flatMap((operation) => (operation.kind === 'convolution' ? [[operation.layer, operation]] : [])),
  );
  const sums = new Map(
    graph.operations.flatMap((operation) => (operation.kind === 'eltwise-sum' ? [[operation.layer, operation]] : [])),
  );
  const rounded = new Map<string, RoundedWeights>();
  const offsets = new Map<string, number>();
  for (const [layer, { divide, offset, addToBias, rounded: weights }] of tuning) {
    const operation = layers.get(layer);
    const sum = operation === undefined ? sums.get(layer) : undefined;
    if (sum !== undefined) {
      const isOnly = [divide, addToBias, weights].every((change) => change === undefined);
      if (!isOnly || sum.activation.kind !== 'relu' || !((offset ?? 1) > 0)) throw mismatch(layer);
      if (offset !== undefined) offsets.set(layer, offset);
      continue;
    }
    const fits =
      [divide, addToBias, weights?.scales].every(
        (list) => (list?.length ?? operation?.outputChannels) === operation?.outputChannels,
      ) && (weights?.levels.length ?? operation?.weights.length) === operation?.weights.length;
    if (operation === undefined || !fits) throw mismatch(layer);
    if (offset !== undefined && !mayStoreLess(operation, offset)) throw mismatch(layer);
    if (divide !== undefined) factors.set(operation.output, Float64Array.from(divide));
    if (offset !== undefined) offsets.set(layer, offset);
    if (addToBias !== undefined) corrections.set(layer, Float64Array.from(addToBias));
    if (weights !== undefined) rounded.set(layer, weights);
  }
  const scaled = applyRounding(applyFactors(graph, factors), rounded);
  return applyCorrections(applyOffsets(scaled, offsets), corrections);
}

/** A ReLU's results are 0 or more, and saturate where it would cut; a leaky one's may be stored around any number. */
function mayStoreLess({ activation }: ConvolutionOperation, offset: number): boolean {
  return activation.kind === 'leaky' || (activation.kind !== 'none' && offset > 0);
}

function mismatch(layer: string): CortadoError {
  return new CortadoError(
    'tuning.mismatch',
    `The table's tuning is for another network: it changes a layer ${layer} that this one does not have so.`,
    'Give the table that was made for this network, or calibrate again.',
    { location: { field: layer } },
  );
}

/** The same network with the channels of some values divided by factors. */
export function applyFactors(graph: Graph, factors: ChannelFactors): Graph {
  if (factors.size === 0) return graph;
  const operations = graph.operations.map((operation): Operation => {
    if (operation.kind !== 'convolution') return operation;
    const own = factors.get(operation.output);
    const read = factors.get(operation.inputs[0]);
    if (own === undefined && read === undefined) return operation;
    const weights = operation.weights.slice();
    read?.forEach((factor, channel) => {
      forEachWeightOf(operation, channel, (index) => {
        weights[index] *= factor;
      });
    });
    if (own === undefined) return { ...operation, weights };
    const perOutput = weights.length / operation.outputChannels;
    return {
      ...operation,
      weights: weights.map((weight, index) => weight / own[Math.floor(index / perOutput)]),
      bias: operation.bias.map((value, channel) => value / own[channel]),
    };
  });
  return { ...graph, operations };
}

/**
 * The graph with results that are stored less an offset. Convolutions that read them are told what lies in their padding then, and
 * nothing else; sums give the offsets back. A ReLU goes, and the bias (a sum's constant) takes the offset: a package with such
 * a result has the scale 127 / offset, at which int8 saturates where the ReLU would cut. After another activation the offset is
 * taken from the result.
 */
export function applyOffsets(graph: Graph, offsets: LayerOffsets): Graph {
  if (offsets.size === 0) return graph;
  const written = graph.operations.flatMap((operation) => {
    const offset = computesOnOffsets(operation) ? offsets.get(operation.layer) : undefined;
    return offset === undefined ? [] : [[operation.output, offset] as const];
  });
  const stored = alongMoves(graph, new Map(written));
  return {
    ...graph,
    operations: graph.operations.map((operation) => {
      if (operation.kind === 'eltwise-sum') return sumOfStored(operation, stored, offsets.get(operation.layer));
      if (operation.kind !== 'convolution') return operation;
      const [read, own] = [stored.get(operation.inputs[0]), offsets.get(operation.layer)];
      const reader: ConvolutionOperation = read === undefined ? operation : { ...operation, padValue: -read };
      if (own === undefined) return reader;
      if (reader.activation.kind !== 'relu') return { ...reader, resultOffset: own };
      return { ...reader, bias: reader.bias.map((value) => value - own), activation: { kind: 'none' } };
    }),
  };
}

function sumOfStored(
  operation: EltwiseSumOperation,
  stored: ReadonlyMap<ValueId, number>,
  own: number | undefined,
): EltwiseSumOperation {
  if (own === undefined && !operation.inputs.some((id) => stored.has(id))) return operation;
  const read = operation.inputs.reduce(
    (sum, id, index) => sum + (operation.coefficients[index] ?? 1) * (stored.get(id) ?? 0),
    0,
  );
  if (own === undefined) return { ...operation, constant: read };
  return { ...operation, constant: read - own, activation: { kind: 'none' } };
}

/** The graph with corrected biases. */
export function applyCorrections(graph: Graph, corrections: BiasCorrections): Graph {
  if (corrections.size === 0) return graph;
  return {
    ...graph,
    operations: graph.operations.map((operation) => {
      const correction = operation.kind === 'convolution' ? corrections.get(operation.layer) : undefined;
      if (operation.kind !== 'convolution' || correction === undefined) return operation;
      return { ...operation, bias: operation.bias.map((value, channel) => value + correction[channel]) };
    }),
  };
}

/** The graph with weights that quantise to given levels. */
export function applyRounding(graph: Graph, rounded: ReadonlyMap<string, RoundedWeights>): Graph {
  if (rounded.size === 0) return graph;
  return {
    ...graph,
    operations: graph.operations.map((operation) => {
      const weights = operation.kind === 'convolution' ? rounded.get(operation.layer) : undefined;
      return operation.kind !== 'convolution' || weights === undefined ? operation : withLevels(operation, weights);
    }),
  };
}

/** The operation with weights that quantise to given levels; a channel of scale 0 is dead. */
export function withLevels(operation: ConvolutionOperation, { levels, scales }: RoundedWeights): ConvolutionOperation {
  const perOutput = levels.length / operation.outputChannels;
  const weights = Float32Array.from(levels, (level, index) => {
    const scale = scales[Math.floor(index / perOutput)];
    return scale === 0 ? 0 : level / scale;
  });
  return { ...operation, weights };
}

/** Calls `visit` with the index of every weight that reads an input channel. */
export function forEachWeightOf(reader: ConvolutionOperation, channel: number, visit: (index: number) => void): void {
  const { outputChannels, group, kernel, weights } = reader;
  const area = kernel.height * kernel.width;
  const perOutput = weights.length / outputChannels;
  const inputsPerGroup = perOutput / area;
  const outputsPerGroup = outputChannels / group;
  const owner = Math.floor(channel / inputsPerGroup);
  const column = channel % inputsPerGroup;
  for (let output = owner * outputsPerGroup; output < (owner + 1) * outputsPerGroup; output++) {
    const from = output * perOutput + column * area;
    for (let index = from; index < from + area; index++) visit(index);
  }
}
