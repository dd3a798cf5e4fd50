import type { Fields } from '../caffe/fields.ts';
import { shapeText, type Shape } from '../common/tensor.ts';
import type { Size2d } from '../graph/graph.ts';
import { int8, one, type LayerForm, type LayerKind, type OnnxContext } from './kind.ts';
import { pooledExtent, trailingPad, windowExtents, type PoolingAxis } from './pooling-geometry.ts';
import { imageShape, shapeError } from './shapes.ts';
import { optionText, readSize, requirePositive, sizeText } from './window.ts';

interface PoolingParameters {
  readonly method: 'max' | 'average';
  readonly global: boolean;
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
  readonly roundUp: boolean;
}

function readPooling(layer: Fields): PoolingParameters {
  const parameters = layer.nested('pooling_param');
  const pool = parameters.enumeration('pool', 'MAX');
  if (pool === 'STOCHASTIC') {
    throw parameters.fail(
      'layer.unsupported',
      'Stochastic pooling is not handled.',
      'Train the network with MAX or AVE pooling.',
      'pool',
    );
  }
  const method = pool === 'MAX' ? 'max' : 'average';
  const roundUp = parameters.enumeration('round_mode', 'CEIL') === 'CEIL' && parameters.boolean('ceil_mode', true);
  if (parameters.boolean('global_pooling', false)) {
    const unused = { height: 0, width: 0 };
    return { method, global: true, kernel: unused, stride: { height: 1, width: 1 }, pad: unused, roundUp };
  }
  const kernel = requirePositive(readSize(parameters, 'kernel_size', 'kernel', undefined), parameters, 'kernel_size');
  const stride = requirePositive(readSize(parameters, 'stride', 'stride', 1), parameters, 'stride');
  const pad = readSize(parameters, 'pad', 'pad', 0);
  if (pad.height >= kernel.height || pad.width >= kernel.width) {
    throw parameters.fail(
      'layer.parameter',
      'pad must be smaller than the kernel.',
      'Correct pad or kernel_size.',
      'pad',
    );
  }
  return { method, global: false, kernel, stride, pad, roundUp };
}

interface PoolingGeometry {
  readonly kernel: Size2d;
  readonly rows: PoolingAxis;
  readonly columns: PoolingAxis;
  readonly output: Size2d;
}

function geometryOf(p: PoolingParameters, bottom: Shape, layer: Fields): PoolingGeometry {
  const { height, width } = imageShape(bottom, layer);
  const kernel = p.global ? { height, width } : p.kernel;
  const rows = { input: height, kernel: kernel.height, stride: p.stride.height, pad: p.pad.height };
  const columns = { input: width, kernel: kernel.width, stride: p.stride.width, pad: p.pad.width };
  const clip = p.pad.height > 0 || p.pad.width > 0;
  const output = {
    height: pooledExtent(rows, clip, p.roundUp),
    width: pooledExtent(columns, clip, p.roundUp),
  };
  const isEmpty = ({ input, stride, pad }: PoolingAxis, extent: number): boolean =>
    extent < 1 || (extent - 1) * stride - pad >= input;
  if (isEmpty(rows, output.height) || isEmpty(columns, output.width)) {
    throw shapeError(
      layer,
      `With an input of ${shapeText(bottom)} a window of this pooling lies outside the input.`,
      'Use a larger input, or correct kernel_size, stride and pad.',
    );
  }
  return { kernel, rows, columns, output };
}

function emitOnnx(p: PoolingParameters, layer: Fields, { builder, bottoms, tops }: OnnxContext): void {
  const [bottom] = bottoms;
  const geometry = geometryOf(p, bottom.shape, layer);
  const { kernel, rows, columns, output } = geometry;
  const attributes = {
    kernel_shape: [kernel.height, kernel.width],
    strides: [p.stride.height, p.stride.width],
    pads: [p.pad.height, p.pad.width, trailingPad(rows, output.height), trailingPad(columns, output.width)],
  };
  const inputs = [bottom.name];
  if (p.method === 'max') {
    builder.node('MaxPool', inputs, attributes, tops[0].name);
    return;
  }
  // ONNX divides by the whole kernel here; Caffe by what the padded input holds of it.
  const heights = windowExtents(rows, output.height);
  const widths = windowExtents(columns, output.width);
  const area = kernel.height * kernel.width;
  const factors = Float32Array.from(heights.flatMap((height) => widths.map((width) => area / (height * width))));
  const wholeWindows = factors.every((factor) => factor === 1);
  const average = builder.node(
    'AveragePool',
    inputs,
    { ...attributes, count_include_pad: 1 },
    wholeWindows ? tops[0].name : undefined,
  );
  if (wholeWindows) return;
  builder.node('Mul', [average, builder.floats([1, 1, output.height, output.width], factors)], {}, tops[0].name);
}

function summaryOf(p: PoolingParameters): string {
  const name = p.method === 'max' ? 'max' : 'average';
  if (p.global) return `global ${name}`;
  const options = `${optionText('stride', p.stride, 1)}${optionText('pad', p.pad, 0)}`;
  return `${name} ${sizeText(p.kernel)}${options}${p.roundUp ? '' : ', rounds down'}`;
}

function parsePooling(layer: Fields): LayerForm {
  const p = readPooling(layer);
  return {
    summary: summaryOf(p),
    outputShapes: ([bottom = []]) => {
      const { output } = geometryOf(p, bottom, layer);
      return [[bottom[0] ?? 0, bottom[1] ?? 0, output.height, output.width]];
    },
    emitOnnx: (context) => {
      emitOnnx(p, layer, context);
    },
    boardForm: () => int8,
    lower: ({ layer: name, bottoms: [bottom], tops: [top] }) => [
      {
        kind: 'pooling',
        layer: name,
        inputs: [bottom.id],
        output: top.id,
        method: p.method,
        kernel: geometryOf(p, bottom.shape, layer).kernel,
        stride: p.stride,
        pad: p.pad,
        activation: { kind: 'none' },
      },
    ],
  };
}

/** Caffe's Pooling: MAX and AVE, global, rounded up and clipped. */
export const pooling: LayerKind = { types: ['Pooling'], bottoms: one, tops: one, parse: parsePooling };
