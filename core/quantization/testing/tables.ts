import type { ScaleTable } from '../../calibration/table.ts';
import type { Graph, ValueId } from '../../graph/graph.ts';
import { interpret } from '../../graph/interpret.ts';

/** The largest magnitude of every value of a graph on the given inputs. */
export function largestMagnitudes(graph: Graph, inputs: readonly Float32Array[]): ReadonlyMap<ValueId, number> {
  const tensors = new Map(
    graph.inputs.map((id, index) => [id, { shape: graph.values.get(id)?.shape ?? [], data: inputs[index] }]),
  );
  const ids = [...graph.inputs, ...graph.operations.map((operation) => operation.output)];
  const results = interpret(graph, tensors, ids);
  return new Map(
    ids.map((id) => [
      id,
      (results.get(id)?.data ?? new Float32Array()).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    ]),
  );
}

/**
 * A table of the largest magnitudes on the given inputs.
 *
 * @param activationKey `blob` as in release tables, `layer` as in dev-weight and ncnn tables
 */
export function tableOf(
  graph: Graph,
  inputs: readonly Float32Array[],
  activationKey: 'blob' | 'layer' = 'layer',
): ScaleTable {
  const magnitudes = largestMagnitudes(graph, inputs);
  const weights = new Map<string, readonly number[]>();
  const activations = new Map<string, readonly number[]>();
  const scaleOf = (id: ValueId): number => 127 / (magnitudes.get(id) ?? 1);
  if (activationKey === 'blob') for (const id of magnitudes.keys()) activations.set(id, [scaleOf(id)]);
  for (const operation of graph.operations) {
    if (operation.kind !== 'convolution') continue;
    const perChannel = operation.weights.length / operation.outputChannels;
    weights.set(
      operation.layer,
      Array.from({ length: operation.outputChannels }, (_, channel) => {
        const channelWeights = operation.weights.subarray(channel * perChannel, (channel + 1) * perChannel);
        const most = channelWeights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
        return most < 1e-4 ? 0 : 127 / most;
      }),
    );
    if (activationKey === 'layer') activations.set(operation.layer, [scaleOf(operation.inputs[0])]);
  }
  return { format: activationKey === 'blob' ? 'release' : 'ncnn', weights, activationKey, activations };
}
