import { planesOf, type ChannelLayout } from './channel-layout.ts';
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
export function drainCycles(pixels: number, eighths: number, isLeaky: boolean): number {
  return pixels * eighths * (isLeaky ? 2 : 1);
}

export function vectorCycles(part: AcceleratorPart, groups: number, planes: number, taps: number): number {
  return VECTOR_START + groups * planes * Math.max(taps, 2 * part.streams);
}

/** Taps of a vector layer: a sum has two for each input. */
export function vectorTaps(layer: VectorLayer): number {
  const { kernel } = layer.geometry;
  return layer.method.kind === 'sum' ? 2 * layer.inputs.length : kernel.height * kernel.width;
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
  readonly outputPlanes: number;
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
  let weights = 0;
  let compute: number;
  if (layer.kind === 'convolution') {
    const { tiles, groups } = tiling(part, geometry, rows);
    const blocks = Math.ceil(layer.weights.outputs / BLOCK_CHANNELS);
    const sets = setCount(planesOfBlock(layer.weights, layout, 0), layer.weights.taps);
    const leaky = layer.requantisation?.negative !== undefined;
    const eighths = Math.ceil(layer.weights.outputs / 8) / blocks;
    const tile = Math.max(convolutionCycles(sets, groups), drainCycles(groups * part.streams, eighths, leaky));
    compute = bands * tiles * blocks * tile;
    weights = bands * (choice.keepsWeights ? 1 : tiles) * blocks * sets * SET_BYTES;
  } else {
    const groups = Math.ceil((rows * widenedOutput(geometry, part.streams)) / part.streams);
    compute = bands * vectorCycles(part, groups, planesOf(layout), vectorTaps(layer));
  }
  const port = Math.max(loaded, stored) / PORT_BYTES;
  const memory = (loaded + stored + weights) / memoryBytesPerCycle;
  const exposed = (loaded + stored) / bands / Math.min(PORT_BYTES, memoryBytesPerCycle);
  return Math.max(compute, port, weights / (2 * PORT_BYTES), memory) + exposed + bands * BAND_START;
}
