import type { Activation, Graph, Operation } from './graph.ts';
import { mergePairs } from './merge.ts';

/**
 * Lets the operation that writes a value apply the activation that follows. A slope for negative values needs a second
 * multiplier per channel in int8, which only convolutions (and affine operations, in float) have.
 */
export function fuseActivation(graph: Graph): Graph {
  return mergePairs(graph, (first, second) =>
    second.kind === 'activation' ? withActivation(first, second.activation, second.output) : undefined,
  );
}

function withActivation(operation: Operation, activation: Activation, output: string): Operation | undefined {
  switch (operation.kind) {
    case 'convolution':
    case 'affine':
      return operation.activation.kind === 'none' ? { ...operation, activation, output } : undefined;
    case 'pooling':
    case 'eltwise-sum':
    case 'eltwise':
      return operation.activation.kind === 'none' && activation.kind !== 'leaky'
        ? { ...operation, activation, output }
        : undefined;
    default:
      return undefined;
  }
}
