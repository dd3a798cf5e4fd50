import { shapeText, type Shape } from '../common/tensor.ts';
import { moveOperation } from './function-form.ts';
import { int8, one, some, type LayerKind } from './kind.ts';
import { resolveAxis, shapeError } from './shapes.ts';

/** Caffe's Slice: cuts the bottom along an axis, at the given points or into equal parts. */
export const slice: LayerKind = {
  types: ['Slice'],
  bottoms: one,
  tops: some,
  parse(layer) {
    const parameters = layer.nested('slice_param');
    const points = parameters.numbers('slice_point');
    const parts = layer.strings('top').length;
    const axisOf = (bottom: Shape): number =>
      resolveAxis(parameters.number('axis') ?? parameters.number('slice_dim', 1), bottom, parameters);
    const extents = (bottom: Shape): number[] => {
      const whole = bottom[axisOf(bottom)];
      const bounds = points.length > 0 ? [0, ...points, whole] : [];
      const sizes =
        points.length > 0
          ? bounds.slice(1).map((bound, index) => bound - bounds[index])
          : Array.from({ length: parts }, () => whole / parts);
      if (sizes.length === parts && sizes.every((size) => Number.isInteger(size) && size > 0)) return sizes;
      throw shapeError(
        parameters,
        `A blob of ${shapeText(bottom)} is not cut into ${parts} tops by the points ${points.join(', ') || '(none)'}.`,
        'Give one slice_point less than there are tops, in rising order, or tops that divide the axis.',
      );
    };
    return {
      summary: points.length > 0 ? `at ${points.join(', ')}` : 'equal parts',
      outputShapes: ([bottom]) => {
        const axis = axisOf(bottom);
        return extents(bottom).map((size) => bottom.map((extent, index) => (index === axis ? size : extent)));
      },
      emitOnnx: ({ builder, bottoms: [bottom], tops }) => {
        const sizes = builder.integers(extents(bottom.shape));
        const names = tops.map(({ name }) => name);
        builder.nodeWithOutputs('Split', [bottom.name, sizes], names, { axis: axisOf(bottom.shape) });
      },
      boardForm: () => int8,
      lower: (context) => {
        const { shape } = context.bottoms[0];
        const axis = axisOf(shape);
        let start = 0;
        return context.tops.map((top) => {
          const offsets = shape.map((_, index) => (index === axis ? start : 0));
          start += top.shape[axis];
          return moveOperation(context, { kind: 'crop', offsets }, top);
        });
      },
    };
  },
};
