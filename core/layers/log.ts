import { one, type LayerKind } from './kind.ts';
import { emitLinear, readLinear } from './linear.ts';
import { unaryForm } from './unary-form.ts';

/** Caffe's Log: the logarithm of shift + scale * x; a base of -1 means e. */
export const log: LayerKind = {
  types: ['Log'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('log_param');
    const base = parameters.number('base', -1);
    if (base !== -1 && (base <= 0 || base === 1)) {
      throw parameters.fail(
        'layer.parameter',
        'base must be more than 0 and not 1, or -1 for e.',
        'Correct it.',
        'base',
      );
    }
    const linear = readLinear(parameters);
    const factor = base === -1 ? 1 : 1 / Math.log(base);
    return unaryForm(
      'A logarithm',
      '',
      { function: 'log', a: linear.shift, b: linear.scale, c: factor },
      (builder, input, output) => {
        const logarithm = builder.node('Log', [emitLinear(builder, input, linear)]);
        builder.node('Mul', [logarithm, builder.scalar(factor)], {}, output);
      },
    );
  },
};
