import { dataType } from '../onnx/schema.ts';
import { one, type LayerKind } from './kind.ts';
import { unaryForm } from './unary-form.ts';

/** Caffe's Threshold: x > threshold ? 1 : 0. */
export const threshold: LayerKind = {
  types: ['Threshold'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const limit = layer.nested('threshold_param').number('threshold', 0);
    return unaryForm('A threshold', `above ${limit}`, { function: 'threshold', a: limit }, (builder, input, output) => {
      const isAbove = builder.node('Greater', [input, builder.scalar(limit)]);
      builder.node('Cast', [isAbove], { to: dataType.float }, output);
    });
  },
};
