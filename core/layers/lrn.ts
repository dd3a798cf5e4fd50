import { functionOperation } from './function-form.ts';
import { inFloat, one, type LayerKind } from './kind.ts';

/**
 * Caffe's LRN. Across channels: x / (k + alpha / n * sum of squares over n channels)^beta. Within a channel:
 * x / (1 + alpha * average of squares over an n x n window)^beta, the average being Caffe's pooling.
 */
export const lrn: LayerKind = {
  types: ['LRN'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('lrn_param');
    const size = parameters.number('local_size', 5);
    const alpha = parameters.number('alpha', 1);
    const beta = parameters.number('beta', 0.75);
    const k = parameters.number('k', 1);
    const within = parameters.enumeration('norm_region', 'ACROSS_CHANNELS') === 'WITHIN_CHANNEL';
    if (size % 2 !== 1) {
      throw parameters.fail('layer.parameter', `local_size is ${size}; it must be odd.`, 'Correct it.', 'local_size');
    }
    const count = within ? size * size : size;
    const boardParameters = { size, within, factor: alpha / count, beta, k: within ? 1 : k };
    return {
      summary: `${within ? 'within a channel' : 'across channels'}, size ${size}`,
      outputShapes: (bottoms) => bottoms,
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        const input = bottom.name;
        if (!within) {
          const attributes = { size, alpha: { float: alpha }, beta: { float: beta }, bias: { float: k } };
          builder.node('LRN', [input], attributes, top.name);
          return;
        }
        const before = (size - 1) / 2;
        const squares = builder.node('Mul', [input, input]);
        const average = builder.node('AveragePool', [squares], {
          kernel_shape: [size, size],
          pads: [before, before, before, before],
          count_include_pad: 1,
        });
        const scaled = builder.node('Mul', [average, builder.scalar(alpha)]);
        const sum = builder.node('Add', [scaled, builder.scalar(1)]);
        builder.node('Div', [input, builder.node('Pow', [sum, builder.scalar(beta)])], {}, top.name);
      },
      boardForm: () => inFloat('Local response normalisation has no int8 form.'),
      lower: (context) => [functionOperation(context, { kind: 'local-response', ...boardParameters })],
    };
  },
};
