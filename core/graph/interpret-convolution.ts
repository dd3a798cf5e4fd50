import type { Shape } from '../common/tensor.ts';
import type { ConvolutionOperation } from './graph.ts';
import { planesOf, type Planes } from './planes.ts';

/** Convolution with sums in double precision, one output plane at a time. */
export function runConvolution(
  operation: ConvolutionOperation,
  input: Float32Array,
  inputShape: Shape,
  outputShape: Shape,
): Float32Array {
  const source = planesOf(inputShape);
  const target = planesOf(outputShape);
  const plane = target.height * target.width;
  const output = new Float32Array(target.batch * operation.outputChannels * plane);
  const sums = new Float64Array(plane);
  for (let batch = 0; batch < target.batch; batch += 1) {
    for (let channel = 0; channel < operation.outputChannels; channel += 1) {
      sums.fill(operation.bias[channel] ?? 0);
      addChannel(operation, sums, input, source, target, batch, channel);
      output.set(sums, (batch * operation.outputChannels + channel) * plane);
    }
  }
  return output;
}

/** Adds all products of one output channel to `sums`. */
function addChannel(
  operation: ConvolutionOperation,
  sums: Float64Array,
  input: Float32Array,
  source: Planes,
  target: Planes,
  batch: number,
  channel: number,
): void {
  const { kernel, weights, group } = operation;
  const perGroup = source.channels / group;
  const firstInput = Math.floor((channel * group) / operation.outputChannels) * perGroup;
  let at = channel * perGroup * kernel.height * kernel.width;
  for (let index = 0; index < perGroup; index += 1) {
    const plane = (batch * source.channels + firstInput + index) * source.height * source.width;
    for (let y = 0; y < kernel.height; y += 1) {
      for (let x = 0; x < kernel.width; x += 1) {
        addTap(operation, sums, input, plane, source, target, y, x, weights[at] ?? 0);
        at += 1;
      }
    }
  }
}

/** Adds one weight times its part of one input plane. */
function addTap(
  { stride, pad, padValue = 0, dilation }: ConvolutionOperation,
  sums: Float64Array,
  input: Float32Array,
  plane: number,
  source: Planes,
  target: Planes,
  y: number,
  x: number,
  weight: number,
): void {
  const offset = x * dilation.width - pad.width;
  const first = Math.min(target.width, Math.max(0, Math.ceil(-offset / stride.width)));
  const end = Math.max(first, Math.min(target.width, Math.floor((source.width - 1 - offset) / stride.width) + 1));
  const addPadding = (from: number, to: number): void => {
    if (padValue !== 0) for (let at = from; at < to; at += 1) sums[at] += weight * padValue;
  };
  for (let row = 0; row < target.height; row += 1) {
    const sourceRow = row * stride.height - pad.height + y * dilation.height;
    const line = row * target.width;
    if (sourceRow < 0 || sourceRow >= source.height) {
      addPadding(line, line + target.width);
      continue;
    }
    addPadding(line, line + first);
    let from = plane + sourceRow * source.width + offset + first * stride.width;
    for (let to = line + first; to < line + end; to += 1) {
      sums[to] = (sums[to] ?? 0) + weight * (input[from] ?? 0);
      from += stride.width;
    }
    addPadding(line + end, line + target.width);
  }
}
