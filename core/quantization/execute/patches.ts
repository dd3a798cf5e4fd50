import type { Shape } from '../../common/tensor.ts';
import type { Size2d } from '../../graph/graph.ts';

/** Everything about a convolution but its numbers, with the extents of both sides. */
export interface ConvolutionGeometry {
  readonly batch: number;
  readonly inputChannels: number;
  readonly input: Size2d;
  readonly outputChannels: number;
  readonly output: Size2d;
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
  /** What lies in the padding. */
  readonly padLevel: number;
  readonly dilation: Size2d;
  readonly group: number;
  /** Values of one patch: input channels of a group times the kernel's area. */
  readonly patchLength: number;
}

export function convolutionGeometry(
  operation: {
    readonly kernel: Size2d;
    readonly stride: Size2d;
    readonly pad: Size2d;
    readonly padLevel: number;
    readonly dilation: Size2d;
    readonly group: number;
    readonly outputChannels: number;
  },
  input: Shape,
  output: Shape,
): ConvolutionGeometry {
  const { kernel, stride, pad, padLevel, dilation, group, outputChannels } = operation;
  const inputChannels = extent(input, 1);
  return {
    batch: extent(input, 0),
    inputChannels,
    input: { height: extent(input, 2), width: extent(input, 3) },
    outputChannels,
    output: { height: extent(output, 2), width: extent(output, 3) },
    kernel,
    stride,
    pad,
    padLevel,
    dilation,
    group,
    patchLength: (inputChannels / group) * kernel.height * kernel.width,
  };
}

/** An extent of a shape; those that are not there are 1. */
export function extent(shape: Shape, axis: number): number {
  return axis < shape.length ? shape[axis] : 1;
}

/**
 * Copies what one row of output pixels reads, in one group, to `patches`: a row of patchLength values per output pixel, in
 * the order of the weights (channel, kernel row, kernel column); outside the input lies `padLevel`.
 *
 * @param input of one image and group, channels x height x width
 */
export function gatherPatches<T extends Int8Array | Float32Array>(
  geometry: ConvolutionGeometry,
  input: T,
  outputRow: number,
  patches: T,
): void {
  const { input: size, kernel, stride, pad, padLevel, dilation, output, patchLength } = geometry;
  const channels = geometry.inputChannels / geometry.group;
  const top = outputRow * stride.height - pad.height;
  for (let column = 0; column < output.width; column += 1) {
    const left = column * stride.width - pad.width;
    let to = column * patchLength;
    for (let channel = 0; channel < channels; channel += 1) {
      const plane = channel * size.height * size.width;
      for (let i = 0; i < kernel.height; i += 1) {
        const y = top + i * dilation.height;
        const isRowInside = y >= 0 && y < size.height;
        const from = plane + y * size.width;
        for (let j = 0; j < kernel.width; j += 1) {
          const x = left + j * dilation.width;
          patches[to] = isRowInside && x >= 0 && x < size.width ? input[from + x] : padLevel;
          to += 1;
        }
      }
    }
  }
}
