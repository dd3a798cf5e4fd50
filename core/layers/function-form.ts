import type { FloatFunction } from '../graph/float-functions.ts';
import type { FloatFunctionOperation, MoveOperation, Operation, Value } from '../graph/graph.ts';
import type { Move } from '../graph/moves.ts';
import type { LoweringContext } from './kind.ts';

/** The operation of a layer that is one function of floats: all bottoms, one top. */
export function functionOperation(
  { layer, bottoms, tops: [top] }: LoweringContext,
  form: FloatFunction,
): FloatFunctionOperation {
  return { ...form, layer, inputs: bottoms.map(({ id }) => id), output: top.id };
}

/** The operation of a layer that moves its first bottom into a top. */
export function moveOperation({ layer, bottoms: [bottom] }: LoweringContext, form: Move, top: Value): MoveOperation {
  return { ...form, layer, inputs: [bottom.id], output: top.id };
}

/** x times or plus an operand that stretches over it; `shape` is the operand's with ones around. */
export function broadcastOperations(
  context: LoweringContext,
  name: 'multiply' | 'add',
  operand: { readonly values: Float32Array } | { readonly value: Value },
  shape: readonly number[],
  ends: { readonly from: Value; readonly to: Value },
): readonly Operation[] {
  const { layer } = context;
  const stretched = context.between(name === 'multiply' ? 'factors' : 'terms', shape);
  const source: Operation =
    'values' in operand
      ? { kind: 'constant', layer, inputs: [], output: stretched.id, values: operand.values }
      : { kind: 'reshape', layer, inputs: [operand.value.id], output: stretched.id };
  const { from, to } = ends;
  return [source, { kind: 'broadcast', function: name, layer, inputs: [from.id, stretched.id], output: to.id }];
}
