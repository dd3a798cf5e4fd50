import type { Shape } from '../common/tensor.ts';
import { activationOperation } from './activation-form.ts';
import { int8, one, type LayerKind } from './kind.ts';

/** Caffe's PReLU: max(x, 0) + slope[c] * min(x, 0), c along axis 1. */
export const prelu: LayerKind = {
  types: ['PReLU'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const shared = layer.nested('prelu_param').boolean('channel_shared', false);
    const slopeCount = (bottom: Shape): number => (shared ? 1 : (bottom[1] ?? 1));
    return {
      summary: shared ? 'one slope' : 'a slope per channel',
      outputShapes: (bottoms) => bottoms,
      weightShapes: ([bottom = []]) => [{ name: 'slopes', shape: [slopeCount(bottom)] }],
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top], weights: [slopes = new Float32Array()] }) => {
        const shape = bottom.shape;
        const slopeShape = [slopeCount(shape), ...shape.slice(2).map(() => 1)];
        builder.node('PRelu', [bottom.name, builder.floats(slopeShape, slopes)], {}, top.name);
      },
      boardForm: () => int8,
      lower: (context) =>
        activationOperation(context, { kind: 'leaky', slopes: context.weights[0] ?? new Float32Array() }),
    };
  },
};
