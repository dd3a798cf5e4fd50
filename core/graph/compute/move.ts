import { elementCount, type Shape } from '../../common/tensor.ts';
import type { Move } from '../moves.ts';

type Elements = Int8Array | Float32Array;

/** Where a place along one axis comes from, in elements of the input; -1 where nothing comes, so that it is 0. */
type AxisMap = Int32Array;

/** Every move is separable: the source of an element is a sum of one offset per axis. */
export function moveElements<T extends Elements>(move: Move, input: T, inputShape: Shape, outputShape: Shape): T {
  const maps = outputShape.map((extent, axis) => axisMap(move, axis, extent, inputShape));
  const output = input.slice(0, 0).constructor as new (length: number) => T;
  const result = new output(elementCount(outputShape));
  const inner = maps.at(-1) ?? Int32Array.of(0);
  const outer = maps.slice(0, -1);
  const rows = result.length / inner.length;
  for (let row = 0; row < rows; row += 1) {
    const base = rowBase(outer, row);
    if (base < 0) continue;
    const to = row * inner.length;
    for (let i = 0; i < inner.length; i += 1) if (inner[i] >= 0) result[to + i] = input[base + inner[i]];
  }
  return result;
}

/** The sum of the outer axes' offsets; -1 where one of them has none. */
function rowBase(maps: readonly AxisMap[], row: number): number {
  let base = 0;
  let rest = row;
  for (let axis = maps.length - 1; axis >= 0; axis -= 1) {
    const map = maps[axis];
    const offset = map[rest % map.length];
    if (offset < 0) return -1;
    base += offset;
    rest = Math.floor(rest / map.length);
  }
  return base;
}

function axisMap(move: Move, axis: number, extent: number, inputShape: Shape): AxisMap {
  const stride = (at: number): number => elementCount(inputShape.slice(at + 1));
  const source = sourceOf(move, axis, extent, inputShape);
  const step = stride(move.kind === 'permute' ? move.order[axis] : axis);
  return Int32Array.from({ length: extent }, (_, index) => {
    const from = source(index);
    return from < 0 ? -1 : from * step;
  });
}

/** The input's index along its axis for an output index; -1 for a zero. */
function sourceOf(move: Move, axis: number, extent: number, inputShape: Shape): (index: number) => number {
  switch (move.kind) {
    case 'permute':
      return (index) => index;
    case 'crop':
      return (index) => index + move.offsets[axis];
    case 'tile':
      return (index) => index % inputShape[axis];
    case 'upsample':
      return axis < 2 ? (index) => index : (index) => Math.floor(index / (extent / inputShape[axis]));
    case 'shuffle-channel': {
      const { group } = move;
      const perGroup = extent / group;
      return axis === 1 ? (index) => (index % group) * perGroup + Math.floor(index / group) : (index) => index;
    }
    case 'insert-zeros': {
      const step = axis < 2 ? 1 : axis === 2 ? move.stride.height : move.stride.width;
      return (index) => (index % step === 0 ? index / step : -1);
    }
  }
}
