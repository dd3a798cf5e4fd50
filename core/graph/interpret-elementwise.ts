import { elementCount, type Shape } from '../common/tensor.ts';
import type { Activation, AffineOperation, ConcatOperation, EltwiseSumOperation } from './graph.ts';

/** Values that lie side by side for one channel: everything after axis 1. */
function innerCount(shape: Shape): number {
  return elementCount(shape.slice(2));
}

/** Applies an activation in place. */
export function applyActivation(activation: Activation, data: Float32Array, shape: Shape): void {
  if (activation.kind === 'none') return;
  if (activation.kind !== 'leaky') {
    const limit = activation.kind === 'relu6' ? 6 : Infinity;
    for (let index = 0; index < data.length; index += 1) data[index] = Math.min(Math.max(data[index] ?? 0, 0), limit);
    return;
  }
  const { slopes } = activation;
  const inner = innerCount(shape);
  const channels = shape[1] ?? 1;
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] ?? 0;
    const channel = slopes.length === 1 ? 0 : Math.floor(index / inner) % channels;
    if (value < 0) data[index] = value * (slopes[channel] ?? 0);
  }
}

export function runAffine({ scale, shift }: AffineOperation, input: Float32Array, shape: Shape): Float32Array {
  const inner = innerCount(shape);
  const channels = shape[1] ?? 1;
  return input.map((value, index) => {
    const channel = Math.floor(index / inner) % channels;
    return value * (scale[channel] ?? 1) + (shift[channel] ?? 0);
  });
}

export function runEltwiseSum(
  { coefficients, constant = 0 }: EltwiseSumOperation,
  inputs: readonly Float32Array[],
): Float32Array {
  const [first = new Float32Array()] = inputs;
  return first.map((_, index) =>
    inputs.reduce((sum, input, term) => sum + (coefficients[term] ?? 1) * (input[index] ?? 0), constant),
  );
}

export function runConcat(
  { axis }: ConcatOperation,
  inputs: readonly Float32Array[],
  inputShapes: readonly Shape[],
  outputShape: Shape,
): Float32Array {
  const output = new Float32Array(elementCount(outputShape));
  const outer = elementCount(outputShape.slice(0, axis));
  const runs = inputShapes.map((shape) => elementCount(shape) / outer);
  let at = 0;
  for (let block = 0; block < outer; block += 1) {
    inputs.forEach((input, index) => {
      const run = runs[index] ?? 0;
      output.set(input.subarray(block * run, (block + 1) * run), at);
      at += run;
    });
  }
  return output;
}
