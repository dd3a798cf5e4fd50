import { elementCount, type Shape } from '../../common/tensor.ts';
import {
  type QuantizedConvolution,
  type QuantizedNetwork,
  type QuantizedOperation,
  type QuantizedPooling,
  type Requantisation,
} from '../../quantization/quantized-network.ts';
import { poolingWindows } from '../../quantization/pooling-windows.ts';
import { isMove } from '../../graph/moves.ts';
import type { Size2d } from '../../graph/graph.ts';
import { pointwise, type WindowGeometry } from './geometry.ts';
import type { AcceleratorLayer } from './layers.ts';
import { fitsVectorSum, overflowingChannel, windowObstacle } from './limits.ts';
import { parameterRowsOfPlane } from './parameters.ts';
import type { AcceleratorPart } from './parts.ts';
import type { ConvolutionWeights } from './weights.ts';

/** Where an operation runs. */
export type Placement =
  | { readonly on: 'accelerator'; readonly layer: AcceleratorLayer }
  /** On the processor, and why. */
  | { readonly on: 'processor'; readonly reason: string };

/** Height and width of a blob; those that have none are one pixel. */
export function sizeOf(shape: Shape): Size2d {
  return { height: shape[2] ?? 1, width: shape[3] ?? 1 };
}

export function channelsOf(shape: Shape): number {
  return shape[1] ?? 1;
}

/** Decides where an operation can run by its kind, form and sizes. */
export function placeOperation(network: QuantizedNetwork, position: number, part: AcceleratorPart): Placement {
  const operation = network.operations[position];
  const { tensors } = network;
  const indices = 'inputs' in operation ? operation.inputs : [operation.input];
  const shapes = [...indices, operation.output].map((index) => tensors[index].shape);
  if (shapes.some((shape) => shape[0] !== 1)) return onProcessor('the batch is larger than one');
  if (shapes.some((shape) => shape.length > 4)) return onProcessor('a blob has more than four axes');
  if (indices.some((index) => tensors[index].type !== 'int8')) return onProcessor('it computes in float');
  const [shape] = shapes;
  const base = { operation: position, name: operation.layer, inputs: indices, output: operation.output };
  const planes = Math.ceil(channelsOf(shape) / 16);
  const pointwiseObstacle = windowObstacle(pointwise(sizeOf(shape)), planes, part);

  switch (operation.kind) {
    case 'convolution':
      return placeConvolution(operation, position, network, part);
    case 'pooling':
      return placePooling(operation, position, network, part);
    case 'eltwise-sum': {
      const { form } = operation;
      if (form.kind !== 'int8') return onProcessor('it computes in float');
      if (operation.inputs.length !== 2) return onProcessor('it adds more than two blobs');
      if (!fitsVectorSum(form.multipliers.reduce((sum, m) => sum + Math.abs(m), 0))) {
        return onProcessor('its sums could leave 26 bits');
      }
      if (pointwiseObstacle !== undefined) return onProcessor(pointwiseObstacle);
      const { multipliers, bias, shift, low, high } = form;
      const method = { kind: 'sum', multipliers, bias, shift, low, high } as const;
      return onAccelerator({ ...base, kind: 'vector', geometry: pointwise(sizeOf(shape)), method });
    }
    case 'activation': {
      const { form } = operation;
      if (pointwiseObstacle !== undefined) return onProcessor(pointwiseObstacle);
      if (form.kind === 'int8') {
        const channels = channelsOf(shape);
        const requantisation = perChannel(form.requantisation, channels);
        const ones = { weights: new Int8Array(channels).fill(1), bias: new Int32Array(channels) };
        const method = { kind: 'depthwise', ...ones, padLevel: 0, requantisation } as const;
        return onAccelerator({ ...base, kind: 'vector', geometry: pointwise(sizeOf(shape)), method });
      }
      if (form.kind === 'float') return onProcessor('it computes in float');
      const method = { kind: 'maximum', low: form.low, high: form.high } as const;
      return onAccelerator({ ...base, kind: 'vector', geometry: pointwise(sizeOf(shape)), method });
    }
    case 'concat':
      if (operation.axis !== 1) return onProcessor('it joins another axis than the channels');
      if (pointwiseObstacle !== undefined) return onProcessor(pointwiseObstacle);
      return onAccelerator({ ...base, kind: 'concat' });
    case 'reshape': {
      const keepsPlaces = shapes.every((each) => elementCount(each) === channelsOf(each));
      return keepsPlaces ? onAccelerator({ ...base, kind: 'alias' }) : onProcessor('it moves pixels into channels');
    }
    default:
      return onProcessor(processorReason(operation));
  }
}

function placeConvolution(
  operation: QuantizedConvolution,
  position: number,
  network: QuantizedNetwork,
  part: AcceleratorPart,
): Placement {
  const { form, kernel, stride, pad, padLevel, dilation, group, outputChannels } = operation;
  if (form.kind === 'float') return onProcessor('it computes in float');
  const input = network.tensors[operation.input].shape;
  const output = network.tensors[operation.output].shape;
  const geometry: WindowGeometry = { kernel, stride, pad, dilation, input: sizeOf(input), output: sizeOf(output) };
  const channels = channelsOf(input);
  const obstacle = windowObstacle(geometry, Math.ceil(channels / 16), part);
  if (obstacle !== undefined) return onProcessor(obstacle);
  const taps = kernel.height * kernel.width;
  const base = {
    operation: position,
    name: operation.layer,
    inputs: [operation.input],
    output: operation.output,
    geometry,
    bias: form.bias,
  };

  const isDepthwise = group === channels && group > 1 && outputChannels === channels;
  if (isDepthwise && form.kind === 'int8' && fitsVectorUnit(form.weights, taps, part)) {
    const method = {
      kind: 'depthwise',
      weights: form.weights,
      bias: form.bias,
      padLevel,
      requantisation: form.requantisation,
    } as const;
    return onAccelerator({ ...base, kind: 'vector', method });
  }
  const weights: ConvolutionWeights = { values: form.weights, inputs: channels, outputs: outputChannels, group, taps };
  const overflowing = overflowingChannel(weights);
  if (overflowing !== undefined) return onProcessor(`sums of output channel ${overflowing} could leave 28 bits`);
  const requantisation = form.kind === 'int8' ? form.requantisation : undefined;
  const rows = Math.ceil(outputChannels / 16) * parameterRowsOfPlane(requantisation?.negative !== undefined);
  if (rows > part.parameterRows) return onProcessor('it has more output channels than the parameter memory holds');
  return onAccelerator({ ...base, kind: 'convolution', weights, padLevel, requantisation });
}

/** Whether one plane's weights leave room for the next one's, and all sums stay in range. */
function fitsVectorUnit(weights: Int8Array, taps: number, part: AcceleratorPart): boolean {
  if (taps > part.vectorWeightRows / 2) return false;
  for (let start = 0; start < weights.length; start += taps) {
    const magnitude = weights.subarray(start, start + taps).reduce((sum, weight) => sum + Math.abs(weight), 0);
    if (!fitsVectorSum(magnitude)) return false;
  }
  return true;
}

function placePooling(
  operation: QuantizedPooling,
  position: number,
  network: QuantizedNetwork,
  part: AcceleratorPart,
): Placement {
  const { form, kernel, stride, pad } = operation;
  const input = network.tensors[operation.input].shape;
  const output = network.tensors[operation.output].shape;
  const dilation = { height: 1, width: 1 };
  const geometry: WindowGeometry = { kernel, stride, pad, dilation, input: sizeOf(input), output: sizeOf(output) };
  const base = { operation: position, name: operation.layer, inputs: [operation.input], output: operation.output };
  const obstacle = windowObstacle(geometry, Math.ceil(channelsOf(input) / 16), part);
  if (obstacle !== undefined) return onProcessor(obstacle);
  if (form.kind === 'int8-max') {
    const method = { kind: 'maximum', low: form.relu ? 0 : -128, high: 127 } as const;
    return onAccelerator({ ...base, kind: 'vector', geometry, method });
  }
  if (form.kind !== 'int8-average') return onProcessor('its result is float');
  if (!fitsVectorSum(kernel.height * kernel.width)) return onProcessor('its sums could leave 26 bits');
  const { divisors, requantisation } = form;
  const { rows, columns } = poolingWindows(operation, input, output);
  const [rowExtents, columnExtents] = [rows, columns].map((ranges) => ranges.map(({ paddedExtent }) => paddedExtent));
  const method = { kind: 'average', requantisation, divisors, rowExtents, columnExtents } as const;
  return onAccelerator({ ...base, kind: 'vector', geometry, method });
}

/** A requantisation with an entry for every channel, where it has one for all. */
function perChannel(requantisation: Requantisation, channels: number): Requantisation {
  const { multiplier, rightShift, leftShift, negative } = requantisation;
  const last = (values: Uint8Array | Uint16Array | Int16Array, channel: number): number =>
    values[Math.min(channel, values.length - 1)];
  const all = Array.from({ length: channels }, (_, channel) => channel);
  return {
    ...requantisation,
    multiplier: Uint16Array.from(all, (channel) => last(multiplier, channel)),
    rightShift: Uint8Array.from(all, (channel) => last(rightShift, channel)),
    leftShift: Uint8Array.from(all, (channel) => last(leftShift, channel)),
    ...(negative && {
      negative: {
        multiplier: Int16Array.from(all, (channel) => last(negative.multiplier, channel)),
        rightShift: Uint8Array.from(all, (channel) => last(negative.rightShift, channel)),
        leftShift: Uint8Array.from(all, (channel) => last(negative.leftShift, channel)),
      },
    }),
  };
}

function processorReason(operation: QuantizedOperation): string {
  if (operation.kind === 'quantize' || operation.kind === 'dequantize') return 'it converts from or to float';
  if (isMove(operation)) return 'it moves values to other places';
  if (operation.kind === 'eltwise' && operation.form.kind === 'int8') return 'it compares blobs with each other';
  return 'it computes in float';
}

function onProcessor(reason: string): Placement {
  return { on: 'processor', reason };
}

function onAccelerator(layer: AcceleratorLayer): Placement {
  return { on: 'accelerator', layer };
}
