import type { Fields } from '../caffe/fields.ts';
import { elementCount, shapeText, type Shape } from '../common/tensor.ts';
import { checkGroup, readConvolution } from './convolution-parameters.ts';
import { int8Convolution, one, some, type LayerForm, type LayerKind } from './kind.ts';
import { imageShape, shapeError } from './shapes.ts';

/** Extent of a convolution's output, rounded down as Caffe's BaseConvolutionLayer does. */
function outputExtent(input: number, kernel: number, stride: number, pad: number, dilation: number): number {
  return Math.floor((input + 2 * pad - (dilation * (kernel - 1) + 1)) / stride) + 1;
}

/** @param depthwise the group is the number of input channels where the file does not say otherwise */
function parseConvolution(layer: Fields, depthwise: boolean): LayerForm {
  const p = readConvolution(layer);
  const { kernel, stride, pad, dilation, outputChannels } = p;
  const groupOf = (bottom: Shape): number => p.group ?? (depthwise ? imageShape(bottom, layer).channels : 1);

  const outputShape = (bottom: Shape): Shape => {
    const { batch, channels, height, width } = imageShape(bottom, layer);
    checkGroup(groupOf(bottom), channels, outputChannels, layer);
    const rows = outputExtent(height, kernel.height, stride.height, pad.height, dilation.height);
    const columns = outputExtent(width, kernel.width, stride.width, pad.width, dilation.width);
    if (rows < 1 || columns < 1) {
      throw shapeError(
        layer,
        `The kernel (${p.summary}) is larger than its input of ${shapeText(bottom)}.`,
        'Use a larger input, or correct kernel_size, pad and dilation.',
      );
    }
    return [batch, outputChannels, rows, columns];
  };

  const weightShape = (bottom: Shape): Shape => [
    outputChannels,
    imageShape(bottom, layer).channels / groupOf(bottom),
    kernel.height,
    kernel.width,
  ];

  return {
    summary: p.summary,
    outputShapes: (bottoms) => bottoms.map(outputShape),
    weightShapes: ([bottom = []]) => [
      { name: 'weights', shape: weightShape(bottom) },
      ...(p.bias ? [{ name: 'bias', shape: [outputChannels] }] : []),
    ],
    macs: ([bottom = []], tops) =>
      tops.reduce((sum, top) => sum + elementCount(top) * elementCount(weightShape(bottom).slice(1)), 0),
    emitOnnx: ({ builder, bottoms, tops, weights: [weights = new Float32Array(), bias] }) => {
      bottoms.forEach((bottom, index) => {
        const constants = [builder.floats(weightShape(bottom.shape), weights)];
        if (bias !== undefined) constants.push(builder.floats([outputChannels], bias));
        const attributes = {
          kernel_shape: [kernel.height, kernel.width],
          strides: [stride.height, stride.width],
          pads: [pad.height, pad.width, pad.height, pad.width],
          dilations: [dilation.height, dilation.width],
          group: groupOf(bottom.shape),
        };
        builder.node('Conv', [bottom.name, ...constants], attributes, tops[index].name);
      });
    },
    boardForm: () => int8Convolution,
    lower: ({ layer: name, bottoms, tops, weights: [weights = new Float32Array(), bias] }) =>
      bottoms.map((bottom, index) => ({
        kind: 'convolution',
        layer: name,
        inputs: [bottom.id],
        output: tops[index].id,
        fullyConnected: false,
        kernel,
        stride,
        pad,
        dilation,
        group: groupOf(bottom.shape),
        outputChannels,
        weights,
        bias: bias ?? new Float32Array(outputChannels),
        activation: { kind: 'none' },
      })),
  };
}

/** Caffe's Convolution; several bottoms share the weights. */
export const convolution: LayerKind = {
  types: ['Convolution'],
  bottoms: some,
  tops: some,
  parse: (layer) => parseConvolution(layer, false),
};

/** The forks' depthwise convolution: a Convolution whose group is its number of channels. */
export const depthwiseConvolution: LayerKind = {
  types: ['DepthwiseConvolution', 'ConvolutionDepthwise'],
  bottoms: one,
  tops: one,
  parse: (layer) => parseConvolution(layer, true),
};
