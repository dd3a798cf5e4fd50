import { PLANE_CHANNELS, planesOf, type ChannelLayout } from './channel-layout.ts';
import { mostInputRows, widenedOutput, type WindowGeometry } from './geometry.ts';
import type { ConvolutionLayer, VectorLayer } from './layers.ts';
import type { AcceleratorPart } from './parts.ts';
import { BLOCK_CHANNELS, planesOfBlock, SET_BYTES, setCount } from './weights.ts';

/** Cycles that an instruction of the array costs before its first step. */
export const CONVOLUTION_START = 5;
/** The next set enters the array's registers in so many cycles. */
const SET_CYCLES = 8;
/** Start and end of an instruction of the vector unit. */
export const VECTOR_START = 25;
/** Bytes that a port moves in a cycle; weights have two. */
export const PORT_BYTES = 8;

export function convolutionCycles(sets: number, groups: number): number {
  return CONVOLUTION_START + sets * Math.max(groups, SET_CYCLES);
}

/** Cycles that the results of a tile take through the requantisation. */
export function drainCycles(part: AcceleratorPart, pixels: number, eighths: number, layer: ConvolutionLayer): number {
  const { requantisation } = layer;
  // A quarter of the lanes' sums at a time.
  if (requantisation === undefined) return pixels * eighths * 4 * (8 / part.lanes);
  return pixels * Math.ceil((eighths * 8) / part.lanes) * (requantisation.negative === undefined ? 1 : 2);
}

export function vectorCycles(
  part: AcceleratorPart,
  groups: number,
  planes: number,
  taps: number,
  isLeaky: boolean,
): number {
  const work = Math.max(groups * planes * taps, resultCycles(part, groups, planes, isLeaky));
  return VECTOR_START + work;
}

/** Cycles that results of the vector unit take through the requantisation. */
export function resultCycles(part: AcceleratorPart, groups: number, planes: number, isLeaky: boolean): number {
  return groups * planes * part.streams * (PLANE_CHANNELS / part.lanes) * (isLeaky ? 2 : 1);
}

/** Whether sums below 0 have parameters of their own: such results take the requantisation twice as long. */
export function isLeakyVector({ method }: VectorLayer): boolean {
  return 'requantisation' in method && method.requantisation.negative !== undefined;
}

/** Taps of a vector layer: a sum has two for each input. */
export function vectorTaps(layer: VectorLayer): number {
  const { kernel } = layer.geometry;
  return layer.method.kind === 'sum' ? 2 * layer.inputs.length : kernel.height * kernel.width;
}

/** Cycles of the array or of the vector unit for a band of `rows` output rows. */
export function bandCycles(
  part: AcceleratorPart,
  layer: ConvolutionLayer | VectorLayer,
  layout: ChannelLayout,
  rows: number,
): number {
  if (layer.kind === 'vector') {
    const groups = Math.ceil((rows * widenedOutput(layer.geometry, part.streams)) / part.streams);
    return vectorCycles(part, groups, planesOf(layout), vectorTaps(layer), isLeakyVector(layer));
  }
  const { tiles, groups } = tiling(part, layer.geometry, rows);
  const blocks = Math.ceil(layer.weights.outputs / BLOCK_CHANNELS);
  const sets = setCount(planesOfBlock(layer.weights, layout, 0), layer.weights.taps);
  const eighths = Math.ceil(layer.weights.outputs / 8) / blocks;
  const drain = drainCycles(part, groups * part.streams, eighths, layer);
  return tiles * blocks * Math.max(convolutionCycles(sets, groups), drain);
}

/** Bytes of weights that a band of `rows` output rows takes from memory. */
export function weightBytes(
  part: AcceleratorPart,
  layer: ConvolutionLayer | VectorLayer,
  layout: ChannelLayout,
  rows: number,
  keepsWeights: boolean,
): number {
  if (layer.kind === 'vector') return 0;
  const { tiles } = tiling(part, layer.geometry, rows);
  const blocks = Math.ceil(layer.weights.outputs / BLOCK_CHANNELS);
  const sets = setCount(planesOfBlock(layer.weights, layout, 0), layer.weights.taps);
  return (keepsWeights ? 1 : tiles) * blocks * sets * SET_BYTES;
}

/** How a band of `rows` output rows is cut into tiles. */
export function tiling(
  part: AcceleratorPart,
  geometry: WindowGeometry,
  rows: number,
): { readonly tiles: number; readonly groups: number } {
  const all = Math.ceil((rows * widenedOutput(geometry, part.streams)) / part.streams);
  const tiles = Math.ceil(all / part.depth);
  return { tiles, groups: Math.ceil(all / tiles) };
}

/** What a band costs besides: latencies of its first load and last store, of which few overlap. */
const BAND_START = 200;

export interface BandChoice {
  readonly layer: ConvolutionLayer | VectorLayer;
  readonly layout: ChannelLayout;
  /** Bytes of a pixel of one plane in memory; 0 where that side does not move. */
  readonly loadedPixelBytes: number;
  readonly storedPixelBytes: number;
  readonly keepsWeights: boolean;
  readonly memoryBytesPerCycle: number;
}

/** Estimated cycles of a layer that is cut into bands of `rows` output rows. */
export function layerCycles(part: AcceleratorPart, choice: BandChoice, rows: number): number {
  const { layer, layout, memoryBytesPerCycle } = choice;
  const { geometry } = layer;
  const bands = Math.ceil(geometry.output.height / rows);
  const inputs = Math.min(bands * mostInputRows(geometry, rows), geometry.input.height * Math.max(bands, 1));
  const loaded = inputs * geometry.input.width * choice.loadedPixelBytes;
  const stored = geometry.output.height * geometry.output.width * choice.storedPixelBytes;
  const weights = bands * weightBytes(part, layer, layout, rows, choice.keepsWeights);
  const compute = bands * bandCycles(part, layer, layout, rows);
  const port = Math.max(loaded, stored) / PORT_BYTES;
  const memory = (loaded + stored + weights) / memoryBytesPerCycle;
  const exposed = (loaded + stored) / bands / Math.min(PORT_BYTES, memoryBytesPerCycle);
  return Math.max(compute, port, weights / (2 * PORT_BYTES), memory) + exposed + bands * BAND_START;
}
