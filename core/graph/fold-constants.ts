import type { Tensor } from '../common/tensor.ts';
import type { FloatFunctionOperation, Graph, Operation } from './graph.ts';
import { compute } from './interpret.ts';
import { valueOf, withOperations } from './uses.ts';

/** Computes once and for all what depends on no input: the prior boxes that a detector concatenates. */
export function foldConstants(graph: Graph): Graph {
  const constants = new Map<string, Tensor>();
  const operations = graph.operations.map((operation): Operation => {
    const { shape } = valueOf(graph, operation.output);
    const operands = operation.inputs.flatMap((id) => constants.get(id) ?? []);
    const known = operands.length === operation.inputs.length && (operands.length > 0 || operation.kind === 'constant');
    if (!known) return operation;
    const data = compute(operation, operands, shape);
    constants.set(operation.output, { shape, data });
    if (operation.kind === 'constant') return operation;
    return constantOperation(operation, data);
  });
  const isUnchanged = operations.every((operation, index) => operation === graph.operations[index]);
  return isUnchanged ? graph : withOperations(graph, operations);
}

function constantOperation({ layer, output }: Operation, values: Float32Array): FloatFunctionOperation {
  return { kind: 'constant', layer, inputs: [], output, values };
}
