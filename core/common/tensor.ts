/** Extents of a blob, outermost first, as Caffe has them: N, C, H, W for images. */
export type Shape = readonly number[];

/** A dense float32 array in row-major order (Caffe's NCHW for images). */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Number of elements of a shape; 1 for the empty shape. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A tensor over `data`; throws a RangeError where the count does not fit the shape (a defect of the caller). */
export function tensor(shape: Shape, data: Float32Array): Tensor {
  if (elementCount(shape) !== data.length) {
    throw new RangeError(`shape ${shape.join('x')} does not hold ${data.length} values`);
  }
  return { shape, data };
}

/** `1x3x224x224`. */
export function shapeText(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}
