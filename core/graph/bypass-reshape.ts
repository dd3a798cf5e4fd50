import { elementCount } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph, Operation, ReshapeOperation, Value, ValueId } from './graph.ts';
import { usesOf, valueOf, withOperations, withoutTrailingOnes, type Uses } from './uses.ts';

/**
 * Removes reshapes that move nothing: those that keep the shape but for trailing ones (Dropout, Split, a Flatten of
 * 1x1 maps), and those that only feed fully connected layers, which then read the image itself.
 */
export function bypassReshape(graph: Graph): Graph {
  let current = graph;
  for (;;) {
    const next = bypassOnce(current);
    if (next === undefined) return current;
    current = next;
  }
}

function bypassOnce(graph: Graph): Graph | undefined {
  const uses = usesOf(graph);
  for (const operation of graph.operations) {
    if (operation.kind !== 'reshape') continue;
    const next = bypassSameShape(graph, uses, operation) ?? bypassBeforeFullyConnected(graph, uses, operation);
    if (next !== undefined) return next;
  }
  return undefined;
}

function bypassSameShape(graph: Graph, { producer }: Uses, reshape: ReshapeOperation): Graph | undefined {
  const before = valueOf(graph, reshape.inputs[0] ?? '');
  const after = valueOf(graph, reshape.output);
  const shape = withoutTrailingOnes(after.shape).join();
  if (withoutTrailingOnes(before.shape).join() !== shape) return undefined;
  const remaining = graph.operations.filter((operation) => operation !== reshape);
  const isOutput = graph.outputs.includes(after.id);
  const mayRename = producer.has(before.id) && !graph.outputs.includes(before.id);
  // The blob's last value keeps its name, which scale tables know; an earlier version gives way.
  const isEarlierVersion = before.id !== before.blob && before.blob === after.blob;
  if (mayRename && (isOutput || isEarlierVersion)) {
    const value = isOutput ? after : { ...after, shape: before.shape };
    return renamed(graph, remaining, before.id, value);
  }
  return isOutput ? undefined : renamed(graph, remaining, after.id, before);
}

/** The operations with `value` in the place of the value `from`. */
function renamed(graph: Graph, operations: readonly Operation[], from: ValueId, value: Value): Graph {
  const replace = (id: ValueId): ValueId => (id === from ? value.id : id);
  const rewritten = operations.map((operation) => ({
    ...operation,
    inputs: operation.inputs.map(replace),
    output: replace(operation.output),
  }));
  return withOperations(graph, rewritten, new Map([...graph.values, [value.id, value]]));
}

function bypassBeforeFullyConnected(graph: Graph, { consumers }: Uses, reshape: ReshapeOperation): Graph | undefined {
  if (graph.outputs.includes(reshape.output)) return undefined;
  const readers = consumers.get(reshape.output) ?? [];
  const before = valueOf(graph, reshape.inputs[0] ?? '');
  const after = valueOf(graph, reshape.output);
  const keepsBatch = before.shape[0] === after.shape[0] && before.shape.length <= 4;
  if (readers.length === 0 || !keepsBatch || !readers.every(isFullyConnected)) return undefined;
  if (elementCount(before.shape) !== elementCount(after.shape)) return undefined;
  const operations = graph.operations.flatMap((operation) => {
    if (operation === reshape) return [];
    if (!isFullyConnected(operation) || operation.inputs[0] !== after.id) return [operation];
    const kernel = { height: before.shape[2] ?? 1, width: before.shape[3] ?? 1 };
    return [{ ...operation, inputs: [before.id], kernel }];
  });
  return withOperations(graph, operations);
}

function isFullyConnected(operation: Operation): operation is ConvolutionOperation {
  return operation.kind === 'convolution' && operation.fullyConnected;
}
