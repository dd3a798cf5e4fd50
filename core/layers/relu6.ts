import { activationOperation } from './activation-form.ts';
import { int8, one, type LayerKind } from './kind.ts';

/** The forks' ReLU6: min(max(x, 0), 6). */
export const relu6: LayerKind = {
  types: ['ReLU6'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('relu6_param');
    const threshold = parameters.number('threshold', 6);
    if (threshold !== 6) {
      throw parameters.fail('layer.unsupported', `The threshold is ${threshold}, not 6.`, 'Use 6.', 'threshold');
    }
    return {
      summary: '',
      outputShapes: (bottoms) => bottoms,
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        builder.node('Clip', [bottom.name, builder.scalar(0), builder.scalar(6)], {}, top.name);
      },
      boardForm: () => int8,
      lower: (context) => activationOperation(context, { kind: 'relu6' }),
    };
  },
};
