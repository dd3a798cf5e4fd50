import { elementCount, type Shape } from '../common/tensor.ts';
import { checkGroup, readConvolution } from './convolution-parameters.ts';
import { int8Convolution, one, type LayerKind } from './kind.ts';
import { lowerDeconvolution } from './deconvolution-form.ts';
import { imageShape, shapeError } from './shapes.ts';

/** Caffe's Deconvolution: the transpose of a convolution; weights are input x output / group x kernel. */
export const deconvolution: LayerKind = {
  types: ['Deconvolution'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const p = readConvolution(layer);
    const { kernel, stride, pad, dilation, outputChannels } = p;
    const group = p.group ?? 1;
    const weightShape = (bottom: Shape): Shape => [
      imageShape(bottom, layer).channels,
      outputChannels / group,
      kernel.height,
      kernel.width,
    ];
    return {
      summary: p.summary,
      outputShapes: ([bottom]) => {
        const { batch, channels, height, width } = imageShape(bottom, layer);
        checkGroup(group, channels, outputChannels, layer);
        const rows = stride.height * (height - 1) + dilation.height * (kernel.height - 1) + 1 - 2 * pad.height;
        const columns = stride.width * (width - 1) + dilation.width * (kernel.width - 1) + 1 - 2 * pad.width;
        if (rows >= 1 && columns >= 1) return [[batch, outputChannels, rows, columns]];
        throw shapeError(layer, 'The padding takes away the whole result.', 'Correct pad.');
      },
      weightShapes: ([bottom]) => [
        { name: 'weights', shape: weightShape(bottom) },
        ...(p.bias ? [{ name: 'bias', shape: [outputChannels] }] : []),
      ],
      macs: ([bottom]) => elementCount(bottom) * elementCount(weightShape(bottom).slice(1)),
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top], weights: [weights = new Float32Array(), bias] }) => {
        const constants = [builder.floats(weightShape(bottom.shape), weights)];
        if (bias !== undefined) constants.push(builder.floats([outputChannels], bias));
        const attributes = {
          kernel_shape: [kernel.height, kernel.width],
          strides: [stride.height, stride.width],
          pads: [pad.height, pad.width, pad.height, pad.width],
          dilations: [dilation.height, dilation.width],
          group,
        };
        builder.node('ConvTranspose', [bottom.name, ...constants], attributes, top.name);
      },
      boardForm: () => int8Convolution,
      lower: (context) => lowerDeconvolution(context, { ...p, group }),
    };
  },
};
