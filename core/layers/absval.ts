import { one, type LayerKind } from './kind.ts';
import { unaryForm } from './unary-form.ts';

export const absval: LayerKind = {
  types: ['AbsVal'],
  bottoms: one,
  tops: one,
  parse: () =>
    unaryForm('An absolute value', '', { function: 'abs' }, (builder, input, output) =>
      builder.node('Abs', [input], {}, output),
    ),
};
