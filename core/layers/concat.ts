import type { Shape } from '../common/tensor.ts';
import { shapeText } from '../common/tensor.ts';
import { int8, some, type LayerKind } from './kind.ts';
import { resolveAxis, sameShape, shapeError } from './shapes.ts';

/** Caffe's Concat along `axis` (`concat_dim` in old files). */
export const concat: LayerKind = {
  types: ['Concat'],
  bottoms: some,
  tops: { least: 1, most: 1 },
  parse(layer) {
    const parameters = layer.nested('concat_param');
    const stated = parameters.number('axis') ?? parameters.number('concat_dim', 1);
    const axisOf = (bottom: Shape): number => resolveAxis(stated, bottom, parameters);
    return {
      summary: stated === 1 ? '' : `axis ${stated}`,
      outputShapes: (bottoms) => {
        const [first = []] = bottoms;
        const axis = axisOf(first);
        const others = (shape: Shape): Shape => shape.map((extent, index) => (index === axis ? 0 : extent));
        const odd = bottoms.find((shape) => !sameShape(others(shape), others(first)));
        if (odd !== undefined) {
          throw shapeError(
            layer,
            `The bottoms differ outside axis ${axis}: ${shapeText(first)} and ${shapeText(odd)}.`,
            'Correct the layers that compute them; only the axis of the concatenation may differ.',
          );
        }
        const total = bottoms.reduce((sum, shape) => sum + (shape[axis] ?? 0), 0);
        return [first.map((extent, index) => (index === axis ? total : extent))];
      },
      emitOnnx: ({ builder, bottoms, tops: [top] }) => {
        const axis = axisOf(bottoms[0].shape);
        builder.node(
          'Concat',
          bottoms.map(({ name }) => name),
          { axis },
          top.name,
        );
      },
      boardForm: () => int8,
      lower: ({ layer: name, bottoms, tops: [top] }) => [
        {
          kind: 'concat',
          layer: name,
          inputs: bottoms.map(({ id }) => id),
          output: top.id,
          axis: axisOf(bottoms[0].shape),
        },
      ],
    };
  },
};
