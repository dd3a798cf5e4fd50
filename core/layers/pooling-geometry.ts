/** One spatial axis of a pooling layer. */
export interface PoolingAxis {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

/**
 * Extent of the output, as PoolingLayer::Reshape has it: rounded up, and where there is padding the last window is dropped
 * if it would begin beyond the input and the leading padding.
 * @param clip Caffe clips both axes where either has padding
 * @param roundUp false for `round_mode: FLOOR` and the forks' `ceil_mode: false`
 */
export function pooledExtent({ input, kernel, stride, pad }: PoolingAxis, clip: boolean, roundUp: boolean): number {
  const steps = (input + 2 * pad - kernel) / stride;
  const extent = (roundUp ? Math.ceil(steps) : Math.floor(steps)) + 1;
  return clip && (extent - 1) * stride >= input + pad ? extent - 1 : extent;
}

/** Padding after the input that makes a plain pooling give `output` windows; windows never begin in it. */
export function trailingPad({ input, kernel, stride, pad }: PoolingAxis, output: number): number {
  return Math.max(0, (output - 1) * stride + kernel - input - pad);
}

/**
 * The divisor's factor of each window along one axis: Caffe's average divides by the part of the window that lies inside
 * the input with its padding on both sides.
 */
export function windowExtents({ input, kernel, stride, pad }: PoolingAxis, output: number): number[] {
  return Array.from({ length: output }, (_, index) => {
    const start = index * stride - pad;
    return Math.min(start + kernel, input + pad) - start;
  });
}
