import { one, type LayerKind } from './kind.ts';
import { sameValues } from './same-values.ts';

/** Caffe's Dropout in phase TEST: nothing. (`scale_train: false` would scale here instead of in training.) */
export const dropout: LayerKind = {
  types: ['Dropout'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('dropout_param');
    if (!parameters.boolean('scale_train', true)) {
      throw parameters.fail(
        'layer.unsupported',
        'scale_train: false scales the values at test time, which is not handled.',
        'Set scale_train: true and fold the factor into the weights after it.',
        'scale_train',
      );
    }
    return sameValues('', (bottom) => [bottom]);
  },
};
