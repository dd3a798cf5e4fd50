import { setImmediate } from 'node:timers/promises';
import { ProgressMeter } from '../common/progress.ts';
import type { ValueId } from '../graph/graph.ts';
import { INT8_LIMIT } from '../quantization/arithmetic.ts';
import type { QuantizedNetwork } from '../quantization/quantized-network.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import { convolutionsOf } from './candidates.ts';
import { Mending, type LayerByLayer, type LayerChanges } from './mending.ts';
import { resultMeans, type ResultMeans } from './result-means.ts';

/**
 * Goes through the int8 network, all inputs at once, and mends each layer for what the layers before it have made of its
 * input: weights are rounded by `roundedByInputs`, and the bias takes what the mean of the layer's result is off by
 * (`biasCorrection`).
 */
export async function mendLayers(request: LayerByLayer): Promise<LayerChanges> {
  const { network } = quantizeNetwork(request.graph, request.table, 'int8');
  const meter = new ProgressMeter('mending layers', network.operations.length, 'operations', request.onProgress);
  const exact = await exactResultMeans(request, network, (detail) => {
    meter.report(0, detail);
  });
  const mending = new Mending(request, network);
  for (const [position, operation] of network.operations.entries()) {
    await mending.take(position, operation, exact, () => {
      meter.report(position, operation.layer);
    });
    meter.report(position + 1, operation.layer);
  }
  return mending;
}

/** By value that a layer writes, for each input. */
async function exactResultMeans(
  { graph, inputs, exactResults, signal }: LayerByLayer,
  network: QuantizedNetwork,
  onSign: (detail: string) => void,
): Promise<ReadonlyMap<ValueId, readonly ResultMeans[]>> {
  const scales = new Map(
    network.operations.flatMap(({ kind, layer, output }) =>
      kind === 'convolution' ? [[layer, network.tensors[output].scale] as const] : [],
    ),
  );
  const means = new Map(convolutionsOf(graph).map(({ output }) => [output, [] as ResultMeans[]]));
  for (const [index, input] of inputs.entries()) {
    signal?.throwIfAborted();
    const results = await exactResults(input);
    for (const operation of convolutionsOf(graph)) {
      const { layer, output, outputChannels } = operation;
      const values = results.get(output);
      if (values === undefined) continue;
      const scale = scales.get(layer) ?? 0;
      const high = scale > 0 ? INT8_LIMIT / scale : Infinity;
      const found = resultMeans(values, outputChannels, operation, { low: -high, high });
      means.get(output)?.push(found);
    }
    onSign(`fp32 ${index + 1}`);
    await setImmediate();
  }
  return new Map([...means].filter(([, list]) => list.length > 0));
}
