import { activationOperation } from './activation-form.ts';
import { int8, one, type LayerKind } from './kind.ts';

/** Caffe's ReLU: x > 0 ? x : negative_slope * x. */
export const relu: LayerKind = {
  types: ['ReLU'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const slope = layer.nested('relu_param').number('negative_slope', 0);
    return {
      summary: slope === 0 ? '' : `slope ${slope}`,
      outputShapes: (bottoms) => bottoms,
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        const inputs = [bottom.name];
        if (slope === 0) builder.node('Relu', inputs, {}, top.name);
        else builder.node('LeakyRelu', inputs, { alpha: { float: slope } }, top.name);
      },
      boardForm: () => int8,
      lower: (context) =>
        activationOperation(
          context,
          slope === 0 ? { kind: 'relu' } : { kind: 'leaky', slopes: Float32Array.of(slope) },
        ),
    };
  },
};
