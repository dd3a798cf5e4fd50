import type { Size2d } from '../../graph/graph.ts';
import { modulo } from './instructions/codec.ts';

/** A window over a map: extents of both sides. */
export interface WindowGeometry {
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
  readonly dilation: Size2d;
  readonly input: Size2d;
  readonly output: Size2d;
}

/** A window of one pixel: copies, sums, 1 x 1 convolutions. */
export function pointwise(size: Size2d): WindowGeometry {
  const one = { height: 1, width: 1 };
  return { kernel: one, stride: one, pad: { height: 0, width: 0 }, dilation: one, input: size, output: size };
}

/** Results lie at least P columns wide; those behind the real ones are garbage. */
export function widenedOutput(geometry: WindowGeometry, streams: number): number {
  return Math.max(geometry.output.width, streams);
}

/**
 * Whether rows at `pitch` let P consecutive outputs read P banks: stride_y * pitch = stride_x * out_width (mod P), see "Pitch"
 * in docs/fpga/instructions.md.
 */
export function pitchFits(geometry: WindowGeometry, pitch: number, streams: number): boolean {
  const { stride } = geometry;
  return modulo(stride.height * pitch - stride.width * widenedOutput(geometry, streams), streams) === 0;
}

/** The smallest pitch from `least` on that fits all these readers, if there is one. */
export function commonPitch(readers: readonly WindowGeometry[], least: number, streams: number): number | undefined {
  for (let pitch = least; pitch < least + streams; pitch += 1) {
    if (readers.every((reader) => pitchFits(reader, pitch, streams))) return pitch;
  }
  return undefined;
}

/** Words that rows take in every bank. */
export function wordsOf(rows: number, pitch: number, streams: number): number {
  return Math.ceil((rows * pitch) / streams);
}

/** Input rows [first, end) that output rows [from, to) read, at least one. */
export function inputRows(
  geometry: WindowGeometry,
  from: number,
  to: number,
): { readonly first: number; readonly end: number } {
  const { kernel, stride, pad, dilation, input } = geometry;
  const first = Math.min(Math.max(from * stride.height - pad.height, 0), input.height - 1);
  const behind = (to - 1) * stride.height - pad.height + (kernel.height - 1) * dilation.height + 1;
  return { first, end: Math.min(Math.max(behind, first + 1), input.height) };
}

/** The most input rows that any `rows` output rows read. */
export function mostInputRows(geometry: WindowGeometry, rows: number): number {
  const { kernel, stride, dilation, input } = geometry;
  return Math.min(input.height, (rows - 1) * stride.height + (kernel.height - 1) * dilation.height + 1);
}
