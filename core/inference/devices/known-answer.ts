import { randomSource } from '../../common/random.ts';
import type { Shape } from '../../common/tensor.ts';
import { OnnxBuilder } from '../../onnx/builder.ts';

const size = 64;
const pooled = size / 2;
const channels = { input: 16, first: 32, last: 64 } as const;

/** Every so many of the last layer's values are compared: computing them all here would take longer than any GPU. */
const stride = 37;

/** A small network whose answer is known, with about as much work as a layer of a small network (38 M products). */
export interface KnownAnswer {
  readonly model: Uint8Array;
  readonly input: { readonly name: string; readonly shape: Shape; readonly data: Float32Array };
  readonly output: string;
  /** The largest difference from the answer, as a share of its largest magnitude; not a number where the output is none. */
  readonly error: (output: Float32Array) => number;
}

/**
 * 3x3 convolution, ReLU, 2x2 maximum, depthwise 3x3 convolution, 3x3 convolution: what the networks here are made of. Random
 * values from a seed; the answer is computed in float64, by the definition.
 */
export function knownAnswer(): KnownAnswer {
  const random = randomSource(1);
  const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() * 2 - 1);
  const input = values(channels.input * size * size);
  const first = { weights: values(channels.first * channels.input * 9), bias: values(channels.first) };
  const depthwise = { weights: values(channels.first * 9), bias: values(channels.first) };
  const last = { weights: values(channels.last * channels.first * 9), bias: values(channels.last) };

  const builder = new OnnxBuilder('known-answer', ['input', 'output']);
  const shape = [1, channels.input, size, size];
  builder.input('input', shape);
  const convolution = (from: string, { weights, bias }: Layer, inputs: number, group: number, to?: string): string => {
    const constants = [builder.floats([bias.length, inputs, 3, 3], weights), builder.floats([bias.length], bias)];
    const attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group };
    return builder.node('Conv', [from, ...constants], attributes, to);
  };
  const relu = builder.node('Relu', [convolution('input', first, channels.input, 1)]);
  const maximum = builder.node('MaxPool', [relu], { kernel_shape: [2, 2], strides: [2, 2] });
  const apart = convolution(maximum, depthwise, 1, channels.first);
  convolution(apart, last, channels.first, 1, 'output');
  builder.output('output', [1, channels.last, pooled, pooled]);

  const sums = convolve(input, first, size, channels.input);
  const halved = maxPooled(sums.map((sum) => Math.max(0, sum)));
  const apartSums = convolve(halved, depthwise, pooled, 1);
  const answers = convolve(apartSums, last, pooled, channels.first, stride);
  return {
    model: builder.encode(),
    input: { name: 'input', shape, data: input },
    output: 'output',
    error: (output) => largestError(output, answers),
  };
}

interface Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** A 3x3 convolution with a border of zeros, at every `step`-th value; `inputs` channels go into each output. */
function convolve(
  input: ArrayLike<number>,
  { weights, bias }: Layer,
  extent: number,
  inputs: number,
  step = 1,
): Float64Array {
  const plane = extent * extent;
  return Float64Array.from({ length: Math.ceil((bias.length * plane) / step) }, (_, index) => {
    const at = index * step;
    const channel = Math.floor(at / plane);
    const y = Math.floor((at % plane) / extent);
    const x = at % extent;
    const firstInput = inputs === 1 ? channel : 0;
    let sum = bias[channel];
    for (let c = 0; c < inputs; c++) {
      for (let tap = 0; tap < 9; tap++) {
        const row = y + Math.floor(tap / 3) - 1;
        const column = x + (tap % 3) - 1;
        if (row < 0 || row >= extent || column < 0 || column >= extent) continue;
        const value = input[(firstInput + c) * plane + row * extent + column];
        sum += value * weights[(channel * inputs + c) * 9 + tap];
      }
    }
    return sum;
  });
}

function maxPooled(values: Float64Array): Float64Array {
  return Float64Array.from({ length: values.length / 4 }, (_, index) => {
    const channel = Math.floor(index / (pooled * pooled));
    const y = Math.floor(index / pooled) % pooled;
    const x = index % pooled;
    const at = channel * size * size + 2 * y * size + 2 * x;
    return Math.max(values[at], values[at + 1], values[at + size], values[at + size + 1]);
  });
}

function largestError(output: Float32Array, answers: Float64Array): number {
  if (output.length !== channels.last * pooled * pooled) return NaN;
  let largest = 0;
  let error = 0;
  for (let i = 0; i < answers.length; i++) {
    largest = Math.max(largest, Math.abs(answers[i]));
    error = Math.max(error, Math.abs(output[i * stride] - answers[i]));
  }
  return error / largest;
}
