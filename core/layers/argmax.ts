import { elementCount, shapeText, type Shape } from '../common/tensor.ts';
import { dataType } from '../onnx/schema.ts';
import { cannotLower, notOnBoard, one, type LayerKind, type OnnxContext } from './kind.ts';
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
      boardForm: () => notOnBoard('An ArgMax has no board form yet.'),
      lower: cannotLower,
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
