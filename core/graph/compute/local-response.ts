import type { Shape } from '../../common/tensor.ts';
import type { LocalResponse } from '../float-functions.ts';
import { planesOf, type Planes } from '../planes.ts';
import { power } from './exact-math.ts';

/** x / (k + factor * sum of squares)^beta; neighbours outside the blob count as 0. */
export function localResponse(operation: LocalResponse, input: Float32Array, shape: Shape): Float32Array {
  const planes = planesOf(shape);
  const { batch, channels, height, width } = planes;
  const { factor, beta, k, within } = operation;
  const sumAt = within ? windowSum : channelSum;
  const output = new Float32Array(input.length);
  let at = 0;
  for (let n = 0; n < batch; n += 1) {
    for (let c = 0; c < channels; c += 1) {
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          output[at] = input[at] / power(k + factor * sumAt(operation, input, planes, at, c, y, x), beta);
          at += 1;
        }
      }
    }
  }
  return output;
}

function channelSum({ size }: LocalResponse, input: Float32Array, planes: Planes, at: number, c: number): number {
  const area = planes.height * planes.width;
  const reach = (size - 1) / 2;
  let sum = 0;
  for (let other = Math.max(0, c - reach); other <= Math.min(planes.channels - 1, c + reach); other += 1) {
    const value = input[at + (other - c) * area];
    sum += value * value;
  }
  return sum;
}

function windowSum(
  { size }: LocalResponse,
  input: Float32Array,
  { height, width }: Planes,
  at: number,
  _c: number,
  y: number,
  x: number,
): number {
  const reach = (size - 1) / 2;
  let sum = 0;
  for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row += 1) {
    for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column += 1) {
      const value = input[at + (row - y) * width + column - x];
      sum += value * value;
    }
  }
  return sum;
}
