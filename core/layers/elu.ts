import { one, type LayerKind } from './kind.ts';
import { unaryForm } from './unary-form.ts';

/** Caffe's ELU: x > 0 ? x : alpha * (exp(x) - 1). */
export const elu: LayerKind = {
  types: ['ELU'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const alpha = layer.nested('elu_param').number('alpha', 1);
    return unaryForm('An ELU', `alpha ${alpha}`, { function: 'elu', a: alpha }, (builder, input, output) =>
      builder.node('Elu', [input], { alpha: { float: alpha } }, output),
    );
  },
};
