import type { Shape } from '../../common/tensor.ts';
import { poolingWindows, type WindowRange } from '../pooling-windows.ts';
import type { QuantizedPooling } from '../quantized-network.ts';
import { requantiseEntry } from '../requantisation.ts';
import { applyActivation } from './activation.ts';
import { extent } from './patches.ts';

/** Pooling in every form. An average in float sums row by row in float32, then divides by Caffe's divisor. */
export function pool(
  operation: QuantizedPooling,
  input: Int8Array | Float32Array,
  inputShape: Shape,
  outputShape: Shape,
): Int8Array | Float32Array {
  const { form } = operation;
  const { rows, columns } = poolingWindows(operation, inputShape, outputShape);
  const width = extent(inputShape, 3);
  const inputArea = extent(inputShape, 2) * width;
  const planes = input.length / inputArea;
  const isInt8 = form.kind === 'int8-max' || form.kind === 'int8-average';
  const length = planes * rows.length * columns.length;
  const output = isInt8 ? new Int8Array(length) : new Float32Array(length);
  const result = windowResult(operation);

  let to = 0;
  for (let plane = 0; plane < planes; plane += 1) {
    for (const row of rows) {
      for (const column of columns) {
        output[to] = result(input, plane * inputArea, width, row, column);
        to += 1;
      }
    }
  }
  if (output instanceof Float32Array && 'activation' in form) applyActivation(output, outputShape, form.activation);
  return output;
}

type WindowResult = (
  input: Int8Array | Float32Array,
  plane: number,
  width: number,
  row: WindowRange,
  column: WindowRange,
) => number;

function windowResult({ form }: QuantizedPooling): WindowResult {
  switch (form.kind) {
    case 'int8-max': {
      const floor = form.relu ? 0 : -Infinity;
      return (input, plane, width, row, column) => Math.max(floor, maximum(input, plane, width, row, column));
    }
    case 'int8-average': {
      const entries = entryOf(form.divisors);
      return (input, plane, width, row, column) =>
        requantiseEntry(
          sum(input, plane, width, row, column),
          form.requantisation,
          entries(row.paddedExtent * column.paddedExtent),
        );
    }
    case 'int8-average-to-float': {
      const entries = entryOf(form.divisors);
      return (input, plane, width, row, column) =>
        sum(input, plane, width, row, column) * form.outputFactor[entries(row.paddedExtent * column.paddedExtent)];
    }
    case 'float':
      return form.method === 'max'
        ? maximum
        : (input, plane, width, row, column) =>
            sum(input, plane, width, row, column) / (row.paddedExtent * column.paddedExtent);
  }
}

function entryOf(divisors: Uint32Array): (divisor: number) => number {
  const entries = new Map(Array.from(divisors, (divisor, index) => [divisor, index]));
  return (divisor) => {
    const entry = entries.get(divisor);
    if (entry === undefined) throw new Error(`no entry for the divisor ${divisor}`);
    return entry;
  };
}

function maximum(
  input: Int8Array | Float32Array,
  plane: number,
  width: number,
  row: WindowRange,
  column: WindowRange,
): number {
  let largest = -Infinity;
  for (let y = row.start; y < row.end; y += 1) {
    const line = plane + y * width;
    for (let x = column.start; x < column.end; x += 1) if (input[line + x] > largest) largest = input[line + x];
  }
  return largest;
}

function sum(
  input: Int8Array | Float32Array,
  plane: number,
  width: number,
  row: WindowRange,
  column: WindowRange,
): number {
  let total = 0;
  for (let y = row.start; y < row.end; y += 1) {
    const line = plane + y * width;
    for (let x = column.start; x < column.end; x += 1) total = Math.fround(total + input[line + x]);
  }
  return total;
}
