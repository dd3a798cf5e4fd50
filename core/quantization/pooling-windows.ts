import type { Shape } from '../common/tensor.ts';
import type { Size2d } from '../graph/graph.ts';

/** Start and end of a pooling window along one axis, and its extent in the padded input (Caffe's divisor). */
export interface WindowRange {
  readonly start: number;
  readonly end: number;
  readonly paddedExtent: number;
}

/** Windows along one axis as Caffe's pooling has them: the extent is clipped to the padded input, then to the input. */
export function windowRanges(
  inputExtent: number,
  outputExtent: number,
  kernel: number,
  stride: number,
  pad: number,
): readonly WindowRange[] {
  return Array.from({ length: outputExtent }, (_, index) => {
    const start = index * stride - pad;
    const end = Math.min(start + kernel, inputExtent + pad);
    return { start: Math.max(0, start), end: Math.min(end, inputExtent), paddedExtent: end - start };
  });
}

interface PoolingGeometry {
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
}

/** Rows and columns of windows of a pooling over blobs of N x C x H x W. */
export function poolingWindows(
  { kernel, stride, pad }: PoolingGeometry,
  input: Shape,
  output: Shape,
): { readonly rows: readonly WindowRange[]; readonly columns: readonly WindowRange[] } {
  return {
    rows: windowRanges(input[2] ?? 1, output[2] ?? 1, kernel.height, stride.height, pad.height),
    columns: windowRanges(input[3] ?? 1, output[3] ?? 1, kernel.width, stride.width, pad.width),
  };
}

/** The distinct divisors of an average pooling, in ascending order. */
export function averageDivisors(geometry: PoolingGeometry, input: Shape, output: Shape): Uint32Array {
  const { rows, columns } = poolingWindows(geometry, input, output);
  const distinct = new Set<number>();
  for (const row of rows) for (const column of columns) distinct.add(row.paddedExtent * column.paddedExtent);
  return Uint32Array.from([...distinct].sort((a, b) => a - b));
}
