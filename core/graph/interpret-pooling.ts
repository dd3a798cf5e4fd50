import type { Shape } from '../common/tensor.ts';
import type { PoolingOperation } from './graph.ts';
import { planesOf } from './planes.ts';

/** The part of a window that lies inside the input, and its extent with the padding that Caffe divides by. */
interface Window {
  readonly start: number;
  readonly end: number;
  readonly paddedExtent: number;
}

function windowsOf(count: number, input: number, kernel: number, stride: number, pad: number): Window[] {
  return Array.from({ length: count }, (_, index) => {
    const start = index * stride - pad;
    const end = Math.min(start + kernel, input + pad);
    return { start: Math.max(start, 0), end: Math.min(end, input), paddedExtent: end - start };
  });
}

/** Max and average pooling as PoolingLayer::Forward_cpu has them. */
export function runPooling(
  { method, kernel, stride, pad }: PoolingOperation,
  input: Float32Array,
  inputShape: Shape,
  outputShape: Shape,
): Float32Array {
  const source = planesOf(inputShape);
  const target = planesOf(outputShape);
  const rows = windowsOf(target.height, source.height, kernel.height, stride.height, pad.height);
  const columns = windowsOf(target.width, source.width, kernel.width, stride.width, pad.width);
  const output = new Float32Array(target.batch * target.channels * target.height * target.width);
  let at = 0;
  for (let plane = 0; plane < target.batch * target.channels; plane += 1) {
    const base = plane * source.height * source.width;
    for (const row of rows) {
      for (const column of columns) {
        let largest = -Infinity;
        let sum = 0;
        for (let y = row.start; y < row.end; y += 1) {
          for (let x = column.start; x < column.end; x += 1) {
            const value = input[base + y * source.width + x] ?? 0;
            sum += value;
            if (value > largest) largest = value;
          }
        }
        output[at] = method === 'max' ? largest : sum / (row.paddedExtent * column.paddedExtent);
        at += 1;
      }
    }
  }
  return output;
}
