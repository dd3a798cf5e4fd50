import { channelsByPlace, PLANE_CHANNELS, type ChannelLayout } from './channel-layout.ts';

/** Output channels of a set. */
export const BLOCK_CHANNELS = 32;
export const SET_BYTES = 128;

/** Weights as the quantised network has them: outputs x (inputs / group) x taps. */
export interface ConvolutionWeights {
  readonly values: Int8Array;
  readonly inputs: number;
  readonly outputs: number;
  readonly group: number;
  readonly taps: number;
}

/** A weight by output, input (over all groups) and tap; 0 where the group does not read the input. */
export function weightOf(weights: ConvolutionWeights, output: number, input: number, tap: number): number {
  const perGroup = weights.inputs / weights.group;
  const first = Math.floor(output / (weights.outputs / weights.group)) * perGroup;
  if (input < first || input >= first + perGroup) return 0;
  return weights.values[(output * perGroup + input - first) * weights.taps + tap];
}

/** Planes of the input that a block of output channels reads. */
export interface PlaneRange {
  readonly first: number;
  readonly planes: number;
  /** Groups of four channels in the last plane. */
  readonly lastColumns: number;
}

/** The planes that hold the inputs of a block: all, or those of its groups. */
export function planesOfBlock(weights: ConvolutionWeights, layout: ChannelLayout, block: number): PlaneRange {
  const perGroup = weights.inputs / weights.group;
  const groupOf = (output: number): number => Math.floor(output / (weights.outputs / weights.group));
  const first = groupOf(block * BLOCK_CHANNELS) * perGroup;
  const end = (groupOf(Math.min((block + 1) * BLOCK_CHANNELS, weights.outputs) - 1) + 1) * perGroup;
  const channels = channelsByPlace(layout);
  const firstPlane = Math.floor(channels.indexOf(first) / PLANE_CHANNELS);
  const lastPlace = channels.indexOf(end - 1);
  return {
    first: firstPlane,
    planes: Math.floor(lastPlace / PLANE_CHANNELS) - firstPlane + 1,
    lastColumns: Math.floor((lastPlace % PLANE_CHANNELS) / 4) + 1,
  };
}

/** Sets of a block that reads these planes. */
export function setCount({ planes, lastColumns }: PlaneRange, taps: number): number {
  return ((planes - 1) * 4 + lastColumns) * taps;
}

/**
 * The sets of a block of 32 output channels in the array's order, as the two streams of OpLoadWeights: see "Weights" in
 * docs/fpga/instructions.md.
 */
export function packWeightSets(weights: ConvolutionWeights, layout: ChannelLayout, block: number): Int8Array {
  const channels = channelsByPlace(layout);
  const range = planesOfBlock(weights, layout, block);
  const sets = setCount(range, weights.taps);
  const bytes = new Int8Array(sets * SET_BYTES);
  let set = 0;
  for (let plane = 0; plane < range.planes; plane += 1) {
    const columns = plane === range.planes - 1 ? range.lastColumns : 4;
    for (let tap = 0; tap < weights.taps; tap += 1) {
      for (let column = 0; column < columns; column += 1, set += 1) {
        const places = channels.subarray((range.first + plane) * PLANE_CHANNELS + column * 4);
        packSet(weights, places, tap, block, bytes, set * 64, sets * 64);
      }
    }
  }
  return bytes;
}

/** Writes one set; the odd pairs of outputs lie `half` bytes behind the even ones. */
function packSet(
  weights: ConvolutionWeights,
  channels: Int32Array,
  tap: number,
  block: number,
  bytes: Int8Array,
  start: number,
  half: number,
): void {
  for (let pair = 0; pair < BLOCK_CHANNELS / 2; pair += 1) {
    const output = block * BLOCK_CHANNELS + pair * 2;
    const at = start + (pair % 2) * half + Math.floor(pair / 2) * 8;
    for (let i = 0; i < 4; i += 1) {
      if (channels[i] < 0) continue;
      const low = output < weights.outputs ? weightOf(weights, output, channels[i], tap) : 0;
      const high = output + 1 < weights.outputs ? weightOf(weights, output + 1, channels[i], tap) : 0;
      bytes[at + i * 2] = low;
      // The sign extension of the lower weight takes one from the upper.
      bytes[at + i * 2 + 1] = high - (low < 0 ? 1 : 0);
    }
  }
}

/** Rows of 16 bytes for the vector unit's depthwise convolution: for each plane a row per tap. */
export function packDepthwise(values: Int8Array, taps: number, layout: ChannelLayout): Int8Array {
  const channels = channelsByPlace(layout);
  const rows = new Int8Array(channels.length * taps);
  channels.forEach((channel, place) => {
    if (channel < 0) return;
    const plane = Math.floor(place / PLANE_CHANNELS);
    for (let tap = 0; tap < taps; tap += 1) {
      rows[(plane * taps + tap) * PLANE_CHANNELS + (place % PLANE_CHANNELS)] = values[channel * taps + tap];
    }
  });
  return rows;
}

/** Two rows for each input of a sum: the low bytes of its multiplier, then the high ones. */
export function packMultipliers(multipliers: Int16Array): Int8Array {
  const rows = new Int8Array(multipliers.length * 2 * PLANE_CHANNELS);
  multipliers.forEach((multiplier, index) => {
    rows.fill(multiplier & 0xff, index * 32, index * 32 + 16);
    rows.fill(multiplier >> 8, index * 32 + 16, index * 32 + 32);
  });
  return rows;
}
