import { commonMethods } from '../calibration/methods/index.ts';
import { klNcnn } from '../calibration/methods/kl-ncnn.ts';
import type { ThresholdMethod } from '../calibration/methods/method.ts';
import { FineHistogram } from '../calibration/fine-histogram.ts';
import type { ScaleTable } from '../calibration/table.ts';
import { weightScales } from '../calibration/weight-scales.ts';
import type { Tensor } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph, ValueId } from '../graph/graph.ts';
import type { ForwardSession } from '../inference/session.ts';
import type { ChannelFactors } from '../calibration/tuning/apply.ts';

/** Methods that are tried for every blob; the first is where tuning starts. */
export const triedMethods = {
  kl: klNcnn,
  mse: commonMethods.mse,
  percentile: commonMethods.percentile,
  minmax: commonMethods.minmax,
} as const satisfies Readonly<Record<string, ThresholdMethod>>;

export type TriedMethod = keyof typeof triedMethods;

/** The layers that have weights. */
export function convolutionsOf(graph: Graph): readonly ConvolutionOperation[] {
  return graph.operations.filter((operation) => operation.kind === 'convolution');
}

/** A value's channels divided by their factors. */
export function divided({ shape, data }: Tensor, factors: Float64Array | undefined): Float32Array {
  if (factors === undefined) return data;
  const size = data.length / (shape[1] ?? 1);
  return data.map((value, index) => value / factors[Math.floor(index / size)]);
}

/** Histograms of what the layers read, with channels divided by their factors. */
export async function inputHistograms(
  graph: Graph,
  factors: ChannelFactors,
  session: ForwardSession,
  inputName: string,
  inputs: readonly Tensor[],
): Promise<ReadonlyMap<ValueId, FineHistogram>> {
  const histograms = new Map(convolutionsOf(graph).map(({ inputs: [id] }) => [id, new FineHistogram()] as const));
  for (const input of inputs) {
    const results = await session.run(new Map([[inputName, input]]));
    for (const [id, histogram] of histograms) {
      const value = id === inputName ? input : results.get(id);
      if (value !== undefined) histogram.add(divided(value, factors.get(id)));
    }
  }
  return histograms;
}

/** The table in which each layer's input has the scale of the method that is chosen for it. */
export function tableOf(
  graph: Graph,
  histograms: ReadonlyMap<ValueId, FineHistogram>,
  methodOf: (layer: string) => TriedMethod,
): ScaleTable {
  const layers = convolutionsOf(graph);
  const scaleOf = ({ layer, inputs: [id] }: ConvolutionOperation): number => {
    const method = triedMethods[methodOf(layer)];
    const histogram = histograms.get(id)?.histogram(method.counted);
    return histogram === undefined || method.isEmpty(histogram) ? 0 : method.choose(histogram).scale;
  };
  return {
    format: 'ncnn',
    activationKey: 'layer',
    weights: new Map(
      layers.map(({ layer, weights, outputChannels }) => [
        layer,
        weightScales(weights, outputChannels, { levels: 127, dead: 0 }).map((scale) =>
          Number.isFinite(Math.fround(scale)) ? Math.fround(scale) : 0,
        ),
      ]),
    ),
    activations: new Map(layers.map((operation) => [operation.layer, [scaleOf(operation)]])),
  };
}
