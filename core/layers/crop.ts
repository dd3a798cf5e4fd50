import { shapeText, type Shape } from '../common/tensor.ts';
import { moveOperation } from './function-form.ts';
import { int8, type LayerKind } from './kind.ts';
import { resolveAxis, shapeError } from './shapes.ts';

/** Caffe's Crop: the first bottom cut to the second's extents from `axis` on, at the given offsets. */
export const crop: LayerKind = {
  types: ['Crop'],
  bottoms: { least: 2, most: 2 },
  tops: { least: 1, most: 1 },
  parse(layer) {
    const parameters = layer.nested('crop_param');
    const stated = parameters.numbers('offset');
    const cut = ([bottom, reference]: readonly Shape[]): { axis: number; starts: number[]; shape: Shape } => {
      const axis = resolveAxis(parameters.number('axis', 2), bottom, parameters);
      const starts = bottom.slice(axis).map((_, index) => stated.at(index) ?? stated.at(0) ?? 0);
      const shape = bottom.map((extent, index) => (index < axis ? extent : (reference.at(index) ?? 0)));
      const fits = starts.every((start, index) => start + shape[axis + index] <= bottom[axis + index]);
      if (fits && (stated.length <= 1 || stated.length === starts.length)) return { axis, starts, shape };
      throw shapeError(
        parameters,
        `A blob of ${shapeText(bottom)} cannot be cut to ${shapeText(reference)} at the offsets ${starts.join(', ')}.`,
        'Correct offset and axis, or the layers that compute the two bottoms.',
      );
    };
    return {
      summary: stated.length > 0 ? `offset ${stated.join(', ')}` : '',
      outputShapes: (bottoms) => [cut(bottoms).shape],
      emitOnnx: ({ builder, bottoms, tops: [top] }) => {
        const { axis, starts, shape } = cut(bottoms.map((bottom) => bottom.shape));
        const ends = starts.map((start, index) => start + shape[axis + index]);
        const axes = starts.map((_, index) => axis + index);
        const ranges = [starts, ends, axes].map((values) => builder.integers(values));
        builder.node('Slice', [bottoms[0].name, ...ranges], {}, top.name);
      },
      boardForm: () => int8,
      lower: (context) => {
        const { axis, starts } = cut(context.bottoms.map(({ shape }) => shape));
        const offsets = context.bottoms[0].shape.map((_, index) => starts[index - axis] ?? 0);
        return [moveOperation(context, { kind: 'crop', offsets }, context.tops[0])];
      },
    };
  },
};
