import { assertNever } from '../common/errors.ts';
import { elementCount, shapeText, type Shape, type Tensor } from '../common/tensor.ts';
import { combine } from './compute/eltwise.ts';
import { runFloatFunction } from './compute/float-function.ts';
import { moveElements } from './compute/move.ts';
import { softmax } from './compute/softmax.ts';
import { isFloatFunction } from './float-functions.ts';
import type { Graph, Operation, ValueId } from './graph.ts';
import { runConvolution } from './interpret-convolution.ts';
import { applyActivation, runAffine, runConcat, runEltwiseSum } from './interpret-elementwise.ts';
import { isMove } from './moves.ts';
import { runPooling } from './interpret-pooling.ts';
import { usesOf, valueOf } from './uses.ts';

/**
 * Runs a graph in float32 with sums in double precision: the reference for passes and for float packages. Plain and
 * readable, not fast.
 * @param inputs one tensor per input of the graph, of the shape that its value has
 * @param keep values to return; the graph's outputs where absent
 */
export function interpret(
  graph: Graph,
  inputs: ReadonlyMap<ValueId, Tensor>,
  keep: readonly ValueId[] = graph.outputs,
): ReadonlyMap<ValueId, Tensor> {
  const results = new Map<ValueId, Tensor>();
  for (const id of graph.inputs) results.set(id, checkedInput(id, inputs.get(id), valueOf(graph, id).shape));
  const { consumers } = usesOf(graph);
  graph.operations.forEach((operation, index) => {
    const { shape } = valueOf(graph, operation.output);
    const operands = operation.inputs.map((id) => operandOf(results, id));
    results.set(operation.output, { shape, data: compute(operation, operands, shape) });
    for (const id of operation.inputs) {
      const isLastUse = consumers.get(id)?.at(-1) === graph.operations[index];
      if (isLastUse && !keep.includes(id)) results.delete(id);
    }
  });
  return new Map(keep.map((id) => [id, operandOf(results, id)]));
}

/** The result of one operation, its activation applied, less the offset that it is stored without. */
export function compute(operation: Operation, operands: readonly Tensor[], shape: Shape): Float32Array {
  const data = computeBare(operation, operands, shape);
  if ('activation' in operation) applyActivation(operation.activation, data, shape);
  const offset = operation.kind === 'convolution' ? operation.resultOffset : undefined;
  return offset === undefined ? data : data.map((value) => value - offset);
}

function computeBare(operation: Operation, operands: readonly Tensor[], shape: Shape): Float32Array {
  const [input = { shape: [], data: new Float32Array() }] = operands;
  const data = operands.map((operand) => operand.data);
  if (isMove(operation)) return moveElements(operation, input.data, input.shape, shape);
  if (isFloatFunction(operation)) return runFloatFunction(operation, operands, shape);
  switch (operation.kind) {
    case 'convolution':
      return runConvolution(operation, input.data, input.shape, shape);
    case 'pooling':
      return runPooling(operation, input.data, input.shape, shape);
    case 'eltwise-sum':
      return runEltwiseSum(operation, data);
    case 'eltwise':
      return combine(operation.function, data);
    case 'concat': {
      const shapes = operands.map((operand) => operand.shape);
      return runConcat(operation, data, shapes, shape);
    }
    case 'affine':
      return runAffine(operation, input.data, shape);
    case 'softmax':
      return softmax(input.data, shape, operation.axis);
    case 'activation':
    case 'reshape':
      return input.data.slice();
    default:
      return assertNever(operation, 'operation');
  }
}

function operandOf(results: ReadonlyMap<ValueId, Tensor>, id: ValueId): Tensor {
  const found = results.get(id);
  if (found === undefined) throw new RangeError(`the value ${id} is not there: operations are out of order`);
  return found;
}

function checkedInput(id: ValueId, given: Tensor | undefined, shape: Shape): Tensor {
  if (given?.data.length === elementCount(shape)) return { shape, data: given.data };
  throw new RangeError(
    `the input ${id} must be ${shapeText(shape)}, not ${given === undefined ? 'absent' : shapeText(given.shape)}`,
  );
}
