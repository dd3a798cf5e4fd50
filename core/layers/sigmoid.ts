import { one, type LayerKind } from './kind.ts';
import { unaryForm } from './unary-form.ts';

export const sigmoid: LayerKind = {
  types: ['Sigmoid'],
  bottoms: one,
  tops: one,
  parse: () =>
    unaryForm('A sigmoid', '', { function: 'sigmoid' }, (builder, input, output) =>
      builder.node('Sigmoid', [input], {}, output),
    ),
};
