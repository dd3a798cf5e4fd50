import { activationOperation } from './activation-form.ts';
import { functionOperation } from './function-form.ts';
import { inFloat, int8, one, type LayerKind } from './kind.ts';

/** Caffe's Clip: min(max(x, min), max). From 0 to 6 it is a ReLU6. */
export const clip: LayerKind = {
  types: ['Clip'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('clip_param');
    const low = parameters.required('min');
    const high = parameters.required('max');
    return {
      summary: `${low} to ${high}`,
      outputShapes: (bottoms) => bottoms,
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        builder.node('Clip', [bottom.name, builder.scalar(low), builder.scalar(high)], {}, top.name);
      },
      boardForm: () => (low === 0 && high === 6 ? int8 : inFloat('Only a clip from 0 to 6 (ReLU6) has an int8 form.')),
      lower: (context) =>
        low === 0 && high === 6
          ? activationOperation(context, { kind: 'relu6' })
          : [functionOperation(context, { kind: 'unary', function: 'clip', a: low, b: high, c: 0 })],
    };
  },
};
