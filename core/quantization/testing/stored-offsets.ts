import type { Graph } from '../../graph/graph.ts';
import { quantizeNetwork } from '../quantize.ts';
import { tableOf } from './tables.ts';

/** The network with another number than 0 in the padding of its convolutions, which all have to be int8 then. */
export function withPadValue(graph: Graph, padValue: number): Graph {
  const operations = graph.operations.map((operation) =>
    operation.kind === 'convolution' ? { ...operation, padValue } : operation,
  );
  return { ...graph, operations };
}

/** The network with an offset in the results of the layers that compute from int8 to int8, with the table of `tableOf`. */
export function withOffsets(
  graph: Graph,
  inputs: readonly Float32Array[],
  key: 'layer' | 'blob',
  offset: number,
): Graph {
  const { network } = quantizeNetwork(graph, tableOf(graph, inputs, key), 'int8');
  const int8 = network.operations.filter((one) => 'form' in one && one.form.kind === 'int8');
  return withResultOffsets(graph, new Set(int8.map(({ layer }) => layer)), offset);
}

/** The network with something taken from the results of some layers: after the activation of convolutions; sums have it added. */
function withResultOffsets(graph: Graph, layers: ReadonlySet<string>, offset: number): Graph {
  const operations = graph.operations.map((operation) => {
    if (!layers.has(operation.layer)) return operation;
    if (operation.kind === 'convolution') return { ...operation, resultOffset: offset };
    return operation.kind === 'eltwise-sum' ? { ...operation, constant: offset } : operation;
  });
  return { ...graph, operations };
}
