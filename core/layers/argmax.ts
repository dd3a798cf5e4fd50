import { elementCount, shapeText, type Shape } from '../common/tensor.ts';
import type { Operation, Value } from '../graph/graph.ts';
import { dataType } from '../onnx/schema.ts';
import { functionOperation } from './function-form.ts';
import { inFloat, one, type LayerKind, type LoweringContext, type OnnxContext } from './kind.ts';
import { resolveAxis, shapeError } from './shapes.ts';

/**
 * Caffe's ArgMax: the indices of the `top_k` largest values along an axis, or of each whole sample; with `out_max_val` the
 * values, along an axis instead of the indices and for whole samples beside them.
 */
export const argmax: LayerKind = {
  types: ['ArgMax'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('argmax_param');
    const count = parameters.number('top_k', 1);
    const withValues = parameters.boolean('out_max_val', false);
    const stated = parameters.number('axis');
    const check = (extent: number, bottom: Shape): void => {
      if (count >= 1 && count <= extent) return;
      throw shapeError(parameters, `top_k is ${count} for a blob of ${shapeText(bottom)}.`, 'Correct top_k.');
    };
    return {
      summary: `top ${count}`,
      outputShapes: ([bottom]) => {
        if (stated === undefined) {
          check(elementCount(bottom.slice(1)), bottom);
          return [[bottom[0], withValues ? 2 : 1, count]];
        }
        const axis = resolveAxis(stated, bottom, parameters);
        check(bottom[axis], bottom);
        return [bottom.map((extent, index) => (index === axis ? count : extent))];
      },
      emitOnnx: (context) => {
        if (stated === undefined) emitWhole(context, count, withValues);
        else emitAlong(context, resolveAxis(stated, context.bottoms[0].shape, parameters), count, withValues);
      },
      boardForm: () => inFloat('An ArgMax gives positions, which 8 bits do not hold.'),
      lower: (context) =>
        stated === undefined
          ? lowerWhole(context, withValues)
          : [
              functionOperation(context, {
                kind: 'argmax',
                axis: resolveAxis(stated, context.bottoms[0].shape, parameters),
                indices: !withValues,
              }),
            ],
    };
  },
};

/** Values and indices (as floats) of the largest along an axis. */
function emitTopK({ builder, tops: [top] }: OnnxContext, input: string, axis: number, count: number): [string, string] {
  const values = `${top.name}:values`;
  const indices = `${top.name}:indices`;
  builder.nodeWithOutputs('TopK', [input, builder.integers([count])], [values, indices], { axis });
  return [values, builder.node('Cast', [indices], { to: dataType.float })];
}

function emitAlong(context: OnnxContext, axis: number, count: number, withValues: boolean): void {
  const [values, indices] = emitTopK(context, context.bottoms[0].name, axis, count);
  context.builder.node('Identity', [withValues ? values : indices], {}, context.tops[0].name);
}

function emitWhole(context: OnnxContext, count: number, withValues: boolean): void {
  const { builder, bottoms, tops } = context;
  const [bottom] = bottoms;
  const [batch] = bottom.shape;
  const flat = builder.node('Reshape', [
    bottom.name,
    builder.integers([batch, 1, elementCount(bottom.shape.slice(1))]),
  ]);
  const [values, indices] = emitTopK(context, flat, 2, count);
  if (withValues) builder.node('Concat', [indices, values], { axis: 1 }, tops[0].name);
  else builder.node('Identity', [indices], {}, tops[0].name);
}

/** Positions in the whole sample, and beside them the values where they are asked for. */
function lowerWhole(context: LoweringContext, withValues: boolean): readonly Operation[] {
  const { layer, bottoms, tops } = context;
  const [bottom] = bottoms;
  const [top] = tops;
  const [batch, , count] = top.shape;
  const flat = context.between('flat', [batch, 1, elementCount(bottom.shape.slice(1))]);
  const flatten: Operation = { kind: 'reshape', layer, inputs: [bottom.id], output: flat.id };
  const best = (indices: boolean, output: Value): Operation => ({
    kind: 'argmax',
    axis: 2,
    indices,
    layer,
    inputs: [flat.id],
    output: output.id,
  });
  if (!withValues) return [flatten, best(true, top)];
  const parts = ['indices', 'values'].map((name) => context.between(name, [batch, 1, count]));
  return [
    flatten,
    best(true, parts[0]),
    best(false, parts[1]),
    { kind: 'concat', layer, inputs: parts.map(({ id }) => id), output: top.id, axis: 1 },
  ];
}
