import { one, type LayerKind } from './kind.ts';
import { unaryForm } from './unary-form.ts';

export const tanh: LayerKind = {
  types: ['TanH'],
  bottoms: one,
  tops: one,
  parse: () =>
    unaryForm('A hyperbolic tangent', '', { function: 'tanh' }, (builder, input, output) =>
      builder.node('Tanh', [input], {}, output),
    ),
};
