import { inFloat, one, type LayerKind } from './kind.ts';
import { lowerMvn } from './mvn-form.ts';

/** Caffe's MVN: each channel (or sample) less its mean, divided by its deviation + eps. */
export const mvn: LayerKind = {
  types: ['MVN'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('mvn_param');
    const withVariance = parameters.boolean('normalize_variance', true);
    const acrossChannels = parameters.boolean('across_channels', false);
    const eps = parameters.number('eps', 1e-9);
    return {
      summary: acrossChannels ? 'over the sample' : 'over each channel',
      outputShapes: (bottoms) => bottoms,
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        const axes = bottom.shape.map((_, axis) => axis).slice(acrossChannels ? 1 : 2);
        const mean = builder.node('ReduceMean', [bottom.name], { axes, keepdims: 1 });
        const centred = builder.node('Sub', [bottom.name, mean], {}, withVariance ? undefined : top.name);
        if (!withVariance) return;
        const variance = builder.node('ReduceMean', [builder.node('Mul', [centred, centred])], { axes, keepdims: 1 });
        const deviation = builder.node('Add', [builder.node('Sqrt', [variance]), builder.scalar(eps)]);
        builder.node('Div', [centred, deviation], {}, top.name);
      },
      boardForm: () => inFloat('A mean-variance normalisation has no int8 form.'),
      lower: (context) => lowerMvn(context, { withVariance, acrossChannels, eps }),
    };
  },
};
