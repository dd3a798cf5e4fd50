import type { Shape } from '../common/tensor.ts';
import { affineOperation, channelShape, emitAffine, type Affine } from './affine-form.ts';
import { affineInFloat, notOnBoard, one, type LayerKind, type LayerWeights, type OnnxContext } from './kind.ts';

/**
 * BatchNormLayer::Forward in phase TEST: the stored mean and variance are sums, divided by the third blob (0 means that
 * nothing was summed: all is 0); y = (x - mean) / sqrt(variance + eps).
 */
function storedStatistics(weights: LayerWeights, eps: number): Affine {
  const [means = new Float32Array(), variances = new Float32Array(), divisor] = weights;
  const total = divisor === undefined ? 1 : divisor[0];
  const factor = total === 0 ? 0 : 1 / total;
  const scale = variances.map((variance) => 1 / Math.sqrt(variance * factor + eps));
  const shift = means.map((mean, channel) => -mean * factor * (scale[channel] ?? 0));
  return { scale, shift };
}

/** `use_global_stats: false` in a deployed file: the statistics of the batch itself. */
function emitBatchStatistics({ builder, bottoms: [bottom], tops: [top] }: OnnxContext, eps: number): void {
  const axes = bottom.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const input = bottom.name;
  const mean = builder.node('ReduceMean', [input], { axes, keepdims: 1 });
  const centred = builder.node('Sub', [input, mean]);
  const variance = builder.node('ReduceMean', [builder.node('Mul', [centred, centred])], { axes, keepdims: 1 });
  const deviation = builder.node('Sqrt', [builder.node('Add', [variance, builder.scalar(eps)])]);
  builder.node('Div', [centred, deviation], {}, top.name);
}

export const batchNorm: LayerKind = {
  types: ['BatchNorm'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('batch_norm_param');
    const eps = parameters.number('eps', 1e-5);
    const stored = parameters.boolean('use_global_stats', true);
    const channels = (bottom: Shape): number => bottom[1] ?? 1;
    return {
      summary: stored ? '' : 'statistics of the batch',
      outputShapes: (bottoms) => bottoms,
      weightShapes: ([bottom = []]) => [
        { name: 'mean', shape: [channels(bottom)] },
        { name: 'variance', shape: [channels(bottom)] },
        { name: 'divisor', shape: [1], optional: true },
      ],
      emitOnnx: (context) => {
        if (!stored) emitBatchStatistics(context, eps);
        else emitAffine(context, storedStatistics(context.weights, eps), channelShape(context.bottoms[0].shape));
      },
      boardForm: () =>
        stored ? affineInFloat : notOnBoard('It uses the statistics of the batch; set use_global_stats: true.'),
      lower: (context) => [affineOperation(context, storedStatistics(context.weights, eps))],
    };
  },
};
