import type { Shape } from '../common/tensor.ts';
import { functionOperation } from './function-form.ts';
import { inFloat, one, type LayerKind } from './kind.ts';

/** SSD's Normalize: x / sqrt(sum of squares + eps) * scale, the sum over channels, or over the whole sample. */
export const normalize: LayerKind = {
  types: ['Normalize'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('norm_param');
    const acrossSpatial = parameters.boolean('across_spatial', true);
    const shared = parameters.boolean('channel_shared', true);
    const eps = parameters.number('eps', 1e-10);
    const scaleCount = (bottom: Shape): number => (shared ? 1 : (bottom[1] ?? 1));
    return {
      summary: acrossSpatial ? 'over the sample' : 'over channels',
      outputShapes: (bottoms) => bottoms,
      weightShapes: ([bottom]) => [{ name: 'scale', shape: [scaleCount(bottom)] }],
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top], weights: [scale = new Float32Array()] }) => {
        const axes = acrossSpatial ? bottom.shape.map((_, axis) => axis).slice(1) : [1];
        const squares = builder.node('ReduceSumSquare', [bottom.name], { axes, keepdims: 1 });
        const norm = builder.node('Sqrt', [builder.node('Add', [squares, builder.scalar(eps)])]);
        const factors = builder.floats([1, scaleCount(bottom.shape), ...bottom.shape.slice(2).map(() => 1)], scale);
        builder.node('Mul', [builder.node('Div', [bottom.name, norm]), factors], {}, top.name);
      },
      boardForm: () => inFloat('A normalisation to unit length has no int8 form.'),
      lower: (context) => {
        const [scale = new Float32Array()] = context.weights;
        return [functionOperation(context, { kind: 'normalize', acrossSpatial, eps, scale })];
      },
    };
  },
};
