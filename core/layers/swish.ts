import { one, type LayerKind } from './kind.ts';
import { unaryForm } from './unary-form.ts';

/** Caffe's Swish: x * sigmoid(beta * x). */
export const swish: LayerKind = {
  types: ['Swish'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const beta = layer.nested('swish_param').number('beta', 1);
    return unaryForm('A swish', `beta ${beta}`, { function: 'swish', a: beta }, (builder, input, output) => {
      const gate = builder.node('Sigmoid', [builder.node('Mul', [input, builder.scalar(beta)])]);
      builder.node('Mul', [input, gate], {}, output);
    });
  },
};
