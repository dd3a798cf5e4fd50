import type { Shape } from '../common/tensor.ts';
import { inFloat, one, type LayerKind } from './kind.ts';
import { resolveAxis } from './shapes.ts';

/** Caffe's Softmax along `axis`. */
export const softmax: LayerKind = {
  types: ['Softmax'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('softmax_param');
    const stated = parameters.number('axis', 1);
    const axisOf = (bottom: Shape): number => resolveAxis(stated, bottom, parameters);
    return {
      summary: stated === 1 ? '' : `axis ${stated}`,
      outputShapes: (bottoms) => {
        axisOf(bottoms[0] ?? []);
        return bottoms;
      },
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        builder.node('Softmax', [bottom.name], { axis: axisOf(bottom.shape) }, top.name);
      },
      boardForm: () => inFloat('A softmax is always computed in float.'),
      lower: ({ layer: name, bottoms: [bottom], tops: [top] }) => [
        {
          kind: 'softmax',
          layer: name,
          inputs: [bottom.id],
          output: top.id,
          axis: axisOf(bottom.shape),
        },
      ],
    };
  },
};
