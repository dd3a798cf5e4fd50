import { setImmediate } from 'node:timers/promises';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph, ValueId } from '../graph/graph.ts';
import type { ForwardSession } from '../inference/session.ts';
import { convolutionGeometry, type ConvolutionGeometry } from '../quantization/execute/patches.ts';
import { ChannelSamples } from './channel-thresholds.ts';
import { convolutionsOf, readValues } from './candidates.ts';
import { addTapSums } from './taps.ts';

/** What fp32 says of the values that convolutions read. */
export interface ExactStatistics {
  /** By value: the threshold of each channel, were it to have a scale of its own. */
  readonly thresholds: ReadonlyMap<ValueId, Float64Array>;
  /** By layer and input: the mean of what each tap of its kernel reads (`addTapSums`). */
  readonly tapMeans: ReadonlyMap<string, readonly Float64Array[]>;
}

/** The geometry of a convolution of the graph, for values in the graph's units. */
export function geometryOf(graph: Graph, operation: ConvolutionOperation): ConvolutionGeometry {
  const shapeOf = (id: ValueId): readonly number[] => graph.values.get(id)?.shape ?? [];
  const padLevel = operation.padValue ?? 0;
  return convolutionGeometry({ ...operation, padLevel }, shapeOf(operation.inputs[0]), shapeOf(operation.output));
}

/**
 * Forwards inputs of one sample each through `session`, which returns what the graph's convolutions read.
 * @param isMended of which inputs `tapMeans` are
 */
export async function exactStatistics(
  graph: Graph,
  session: ForwardSession,
  inputName: string,
  inputs: readonly Tensor[],
  isMended: (input: Tensor) => boolean,
  { signal, onProgress }: LongCall = {},
): Promise<ExactStatistics> {
  const layers = convolutionsOf(graph).map((operation) => {
    const geometry = geometryOf(graph, operation);
    return { operation, geometry, taps: [] as Float64Array[] };
  });
  const read = readValues(graph);
  const samples = new Map(
    layers.flatMap(({ operation, geometry }) => {
      const id = read.get(operation);
      return id === undefined ? [] : [[id, new ChannelSamples(geometry.inputChannels)] as const];
    }),
  );
  const meter = new ProgressMeter('measuring channels', inputs.length, 'inputs', onProgress);
  for (const [index, input] of inputs.entries()) {
    signal?.throwIfAborted();
    const results = await session.run(new Map([[inputName, input]]));
    const valueOf = (id: ValueId): Float32Array | undefined => (id === inputName ? input.data : results.get(id)?.data);
    for (const [id, sample] of samples) sample.add(valueOf(id) ?? new Float32Array());
    for (const { operation, geometry, taps } of isMended(input) ? layers : []) {
      const values = valueOf(operation.inputs[0]);
      if (values !== undefined) taps.push(tapMeans(geometry, values));
    }
    meter.report(index + 1);
    await setImmediate();
  }
  const thresholds = new Map<ValueId, Float64Array>();
  for (const [id, sample] of samples) {
    signal?.throwIfAborted();
    thresholds.set(id, sample.thresholds());
    meter.report(inputs.length, id);
    await setImmediate();
  }
  return {
    thresholds,
    tapMeans: new Map(
      layers.filter(({ taps }) => taps.length > 0).map(({ operation, taps }) => [operation.layer, taps]),
    ),
  };
}

/** What each tap of a kernel reads of one sample: the mean over the output pixels, times `factor`. */
export function tapMeans(geometry: ConvolutionGeometry, values: Float32Array | Int8Array, factor = 1): Float64Array {
  const sums = new Float64Array(geometry.patchLength * geometry.group);
  addTapSums(geometry, values, sums);
  const each = factor / (geometry.output.height * geometry.output.width);
  return sums.map((sum) => sum * each);
}
