import type { Shape } from '../common/tensor.ts';
import type { AffineOperation } from '../graph/graph.ts';
import type { LoweringContext, OnnxContext } from './kind.ts';

/** y = x * scale[c] + shift[c]. */
export interface Affine {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/** Emits scale and shift, whose shape broadcasts over the bottom's. */
export function emitAffine(
  { builder, bottoms: [bottom], tops: [top] }: OnnxContext,
  { scale, shift }: Affine,
  shape: Shape,
): void {
  const needsShift = shift.some((value) => value !== 0);
  const scaled = builder.node(
    'Mul',
    [bottom.name, builder.floats(shape, scale)],
    {},
    needsShift ? undefined : top.name,
  );
  if (needsShift) builder.node('Add', [scaled, builder.floats(shape, shift)], {}, top.name);
}

/** The shape in which one value per channel broadcasts over a blob: 1 x C x 1 x 1. */
export function channelShape(bottom: Shape): Shape {
  return bottom.map((extent, axis) => (axis === 1 ? extent : 1));
}

export function affineOperation(
  { layer, bottoms: [bottom], tops: [top] }: LoweringContext,
  { scale, shift }: Affine,
): AffineOperation {
  return {
    kind: 'affine',
    layer,
    inputs: [bottom.id],
    output: top.id,
    scale,
    shift,
    activation: { kind: 'none' },
  };
}
