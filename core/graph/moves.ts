import type { Size2d } from './size.ts';

/** Changes of place that need no arithmetic, on Caffe's shapes; the output's extents are those of its value. */
export type Move =
  /** Axis i of the output is axis order[i] of the input. */
  | { readonly kind: 'permute'; readonly order: readonly number[] }
  /** The part of the input that begins at `offsets`, one per axis. */
  | { readonly kind: 'crop'; readonly offsets: readonly number[] }
  /** The input again and again along each axis, until the output is full. */
  | { readonly kind: 'tile' }
  /** Every pixel repeated, as often as the output's height and width are multiples of the input's. */
  | { readonly kind: 'upsample' }
  /** Channel i * n + j of group * n becomes channel j * group + i. */
  | { readonly kind: 'shuffle-channel'; readonly group: number }
  /** Pixels `stride` apart with zeros between: what a deconvolution's kernel runs over. */
  | { readonly kind: 'insert-zeros'; readonly stride: Size2d };

const moveKinds: Readonly<Record<Move['kind'], true>> = {
  permute: true,
  crop: true,
  tile: true,
  upsample: true,
  'shuffle-channel': true,
  'insert-zeros': true,
};

export function isMove<T extends { readonly kind: string }>(operation: T): operation is Extract<T, Move> {
  return Object.hasOwn(moveKinds, operation.kind);
}
