import { isFloatFunction } from './float-functions.ts';
import type { Graph, Operation, ValueId } from './graph.ts';
import { isMove } from './moves.ts';

/**
 * True where int8 bytes of the input become bytes of the output without arithmetic but a clamp, so that both sides have one
 * scale: maximum pooling, maxima of blobs, reshape, concatenation, moves of elements, ReLU and ReLU6.
 */
export function movesBytes(operation: Operation): boolean {
  if (isMove(operation)) return true;
  if (isFloatFunction(operation)) return false;
  switch (operation.kind) {
    case 'reshape':
    case 'concat':
      return true;
    case 'eltwise':
      return operation.function === 'max' && operation.activation.kind !== 'leaky';
    case 'pooling':
      return (
        operation.method === 'max' && (operation.activation.kind === 'none' || operation.activation.kind === 'relu')
      );
    case 'activation':
      return operation.activation.kind !== 'leaky';
    case 'convolution':
    case 'eltwise-sum':
    case 'affine':
    case 'softmax':
      return false;
  }
}

/** By value: the operation that writes it. The graph's inputs have none. */
export function producersOf(graph: Graph): ReadonlyMap<ValueId, Operation> {
  return new Map(graph.operations.map((operation) => [operation.output, operation]));
}

/** True where a value is 0 or more whatever the input: after a ReLU, through layers that keep it so. */
export function isNonNegative(id: ValueId, producers: ReadonlyMap<ValueId, Operation>): boolean {
  const producer = producers.get(id);
  if (producer === undefined) return false;
  if ('activation' in producer && (producer.activation.kind === 'relu' || producer.activation.kind === 'relu6'))
    return true;
  if (producer.kind === 'softmax') return true;
  const keepsSign =
    isMove(producer) ||
    producer.kind === 'reshape' ||
    producer.kind === 'concat' ||
    (producer.kind === 'pooling' && producer.activation.kind === 'none');
  return keepsSign && producer.inputs.every((input) => isNonNegative(input, producers));
}

/** What is said of values, and so of what moves of bytes make of them (of their first input). */
export function alongMoves<T>(graph: Graph, ofValues: ReadonlyMap<ValueId, T>): ReadonlyMap<ValueId, T> {
  const all = new Map(ofValues);
  for (const operation of graph.operations) {
    const said = movesBytes(operation) ? all.get(operation.inputs[0]) : undefined;
    if (said !== undefined) all.set(operation.output, said);
  }
  return all;
}
