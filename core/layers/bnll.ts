import { one, type LayerKind } from './kind.ts';
import { unaryForm } from './unary-form.ts';

/** Caffe's BNLL: log(1 + exp(x)). */
export const bnll: LayerKind = {
  types: ['BNLL'],
  bottoms: one,
  tops: one,
  parse: () =>
    unaryForm('A BNLL', '', { function: 'bnll' }, (builder, input, output) =>
      builder.node('Softplus', [input], {}, output),
    ),
};
