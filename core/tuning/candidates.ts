import { setImmediate } from 'node:timers/promises';
import { CountingMemory } from '../calibration/counting/kernel-memory.ts';
import { createFineHistogram } from '../calibration/fine-histogram.ts';
import { notFiniteError, requireLively } from '../calibration/guards.ts';
import { commonMethods } from '../calibration/methods/index.ts';
import { klNcnn } from '../calibration/methods/kl-ncnn.ts';
import type { ThresholdMethod } from '../calibration/methods/method.ts';
import type { ScaleTable } from '../calibration/table.ts';
import { weightScales } from '../calibration/weight-scales.ts';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import { elementCount, type Tensor } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph, ValueId } from '../graph/graph.ts';
import type { ForwardSession } from '../inference/session.ts';
import { INT8_LIMIT } from '../quantization/arithmetic.ts';
import { producersOf } from '../graph/byte-moves.ts';

/** Methods that are tried for all blobs; the first is where tuning starts. */
const triedMethods = {
  kl: klNcnn,
  mse: commonMethods.mse,
  percentile: commonMethods.percentile,
  minmax: commonMethods.minmax,
} as const satisfies Readonly<Record<string, ThresholdMethod>>;

export type TriedMethod = keyof typeof triedMethods;
export const triedMethodNames = Object.keys(triedMethods) as readonly TriedMethod[];

/** By value: the magnitude that becomes 127; 0 where the value was always 0. Of values that fp32 was not had of there is none. */
export type Thresholds = ReadonlyMap<ValueId, number>;

/** The layers that have weights. */
export function convolutionsOf(graph: Graph): readonly ConvolutionOperation[] {
  return graph.operations.filter((operation) => operation.kind === 'convolution');
}

/**
 * By layer that has weights: the value whose threshold its input has. That is what it reads, but for a deconvolution, which
 * reads it with zeros in between.
 */
export function readValues(graph: Graph): ReadonlyMap<ConvolutionOperation, ValueId> {
  const producers = producersOf(graph);
  const sourceOf = (id: ValueId): ValueId => {
    const producer = producers.get(id);
    return producer?.kind === 'insert-zeros' ? sourceOf(producer.inputs[0]) : id;
  };
  return new Map(convolutionsOf(graph).map((operation) => [operation, sourceOf(operation.inputs[0])]));
}

/** The sum of each output channel's weights. */
export function perOutputChannel({ weights, outputChannels }: ConvolutionOperation): Float64Array {
  const sums = new Float64Array(outputChannels);
  const perOutput = weights.length / outputChannels;
  weights.forEach((weight, index) => (sums[Math.floor(index / perOutput)] += weight));
  return sums;
}

/** Of every layer that has weights, for one input. */
export function multiplications(graph: Graph): ReadonlyMap<string, number> {
  return new Map(
    convolutionsOf(graph).map(({ layer, output, weights, outputChannels }) => {
      const elements = elementCount(graph.values.get(output)?.shape ?? []);
      return [layer, (elements * weights.length) / outputChannels];
    }),
  );
}

/** An input and the file that it came from. */
export interface NamedInput {
  readonly path: string;
  readonly tensor: Tensor;
}

/**
 * The thresholds that each method chooses for what the layers read.
 * Errors: `calibration.not-finite`, `.all-zero`, `.constant`.
 */
export async function methodThresholds(
  graph: Graph,
  session: ForwardSession,
  inputName: string,
  inputs: readonly NamedInput[],
  { signal, onProgress }: LongCall,
): Promise<ReadonlyMap<TriedMethod, Thresholds>> {
  const memory = new CountingMemory();
  const read = readValues(graph);
  const isKnown = (id: ValueId): boolean => id === inputName || session.outputs.includes(id);
  const histograms = new Map(
    [...new Set(read.values())].filter(isKnown).map((id) => [id, createFineHistogram(1, memory)] as const),
  );
  const blobOf = (id: ValueId): string => graph.values.get(id)?.blob ?? id;
  const meter = new ProgressMeter('counting values', inputs.length, 'inputs', onProgress);
  for (const [index, { path, tensor }] of inputs.entries()) {
    signal?.throwIfAborted();
    const results = await session.run(new Map([[inputName, tensor]]));
    for (const [id, histogram] of histograms) {
      const value = id === inputName ? tensor : results.get(id);
      if (value !== undefined) histogram.add(value.data);
      if (histogram.range.notFinite > 0) throw notFiniteError(blobOf(id), path, id === inputName);
    }
    meter.report(index + 1);
    await setImmediate();
  }
  for (const [{ layer }, id] of read) {
    const range = histograms.get(id)?.range;
    if (range !== undefined && range.count > 0) requireLively({ layer, blob: blobOf(id) }, range, id === inputName);
  }
  const chosen = new Map(triedMethodNames.map((name) => [name, new Map<ValueId, number>()] as const));
  const choosing = new ProgressMeter('choosing thresholds', histograms.size, 'blobs', onProgress);
  let done = 0;
  for (const [id, fine] of histograms) {
    signal?.throwIfAborted();
    for (const [name, thresholds] of chosen) {
      const method = triedMethods[name];
      const histogram = fine.histogram(method.counted);
      thresholds.set(id, method.isEmpty(histogram) ? 0 : method.choose(histogram).threshold);
    }
    choosing.report(++done, id);
    await setImmediate();
  }
  return chosen;
}

/**
 * The table in which each layer's input has its threshold. Layers of `keepFloat`, and those whose input has no threshold, are left
 * out, so that they run in float.
 */
export function tableOf(graph: Graph, thresholds: Thresholds, keepFloat: ReadonlySet<string>): ScaleTable {
  const listed = [...readValues(graph)].flatMap(([operation, id]) => {
    const threshold = keepFloat.has(operation.layer) ? undefined : thresholds.get(id);
    return threshold === undefined ? [] : [{ operation, threshold }];
  });
  return {
    format: 'ncnn',
    activationKey: 'layer',
    weights: new Map(
      listed.map(({ operation: { layer, weights, outputChannels } }) => [
        layer,
        weightScales(weights, outputChannels, { levels: INT8_LIMIT, dead: 0 }).map(finiteScale),
      ]),
    ),
    activations: new Map(
      listed.map(({ operation, threshold }) => [
        operation.layer,
        [threshold > 0 ? finiteScale(INT8_LIMIT / threshold) : 0],
      ]),
    ),
  };
}

/** The scales of a layer's weights, one per output channel. */
export function scalesOf(table: ScaleTable, { layer, outputChannels }: ConvolutionOperation): readonly number[] {
  const line = table.weights.get(layer) ?? [];
  return Array.from(
    { length: outputChannels },
    (_, channel) => line[Math.floor((channel * line.length) / outputChannels)],
  );
}

function finiteScale(scale: number): number {
  return Number.isFinite(Math.fround(scale)) ? Math.fround(scale) : 0;
}
