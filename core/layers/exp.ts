import { one, type LayerKind } from './kind.ts';
import { emitLinear, readLinear } from './linear.ts';
import { unaryForm } from './unary-form.ts';

/** Caffe's Exp: base ^ (shift + scale * x); a base of -1 means e. */
export const exp: LayerKind = {
  types: ['Exp'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('exp_param');
    const base = parameters.number('base', -1);
    if (base !== -1 && base <= 0) {
      throw parameters.fail('layer.parameter', 'base must be more than 0, or -1 for e.', 'Correct it.', 'base');
    }
    const { scale, shift } = readLinear(parameters);
    const factor = base === -1 ? 1 : Math.log(base);
    return unaryForm(
      'An exponential',
      '',
      { function: 'exp', a: shift * factor, b: scale * factor },
      (builder, input, output) =>
        builder.node('Exp', [emitLinear(builder, input, { scale: scale * factor, shift: shift * factor })], {}, output),
    );
  },
};
