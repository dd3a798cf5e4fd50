import type { Fields } from '../caffe/fields.ts';
import { shapeText, type Shape } from '../common/tensor.ts';

/** An image blob's extents. */
export interface ImageShape {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Caffe's axis with negative ones counted from the end. */
export function resolveAxis(axis: number, shape: Shape, layer: Fields, mayBeEnd = false): number {
  const resolved = axis < 0 ? axis + shape.length : axis;
  if (resolved >= 0 && resolved < shape.length + (mayBeEnd ? 1 : 0)) return resolved;
  throw shapeError(layer, `The axis ${axis} does not exist in a blob of ${shapeText(shape)}.`, 'Correct the axis.');
}

/** The extents of a four-axis blob. */
export function imageShape(shape: Shape, layer: Fields): ImageShape {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  if (shape.length === 4) return { batch, channels, height, width };
  throw shapeError(
    layer,
    `This layer wants a blob of number x channels x height x width; its bottom is ${shapeText(shape)}.`,
    'Look at the layers before it; blobs with more or fewer axes are not handled here.',
  );
}

/** The error for bottoms that do not fit a layer. */
export function shapeError(layer: Fields, message: string, advice: string): Error {
  return layer.fail('layer.shape', message, advice);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, index) => extent === b[index]);
}
