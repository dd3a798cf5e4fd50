import { elementCount, type Shape } from '../common/tensor.ts';

/** A blob as planes: N x C images of height x width; missing trailing extents are 1, further ones belong to the width. */
export interface Planes {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export function planesOf(shape: Shape): Planes {
  const [batch = 1, channels = 1, height = 1] = shape;
  return { batch, channels, height, width: elementCount(shape.slice(3)) };
}
