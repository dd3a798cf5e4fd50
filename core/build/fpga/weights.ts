import { channelsByPlace, lastColumns, PLANE_CHANNELS, planesOf, type ChannelLayout } from './channel-layout.ts';

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

/** Sets of one block of output channels. */
export function setCount(layout: ChannelLayout, taps: number): number {
  return ((planesOf(layout) - 1) * 4 + lastColumns(layout)) * taps;
}

/**
 * The sets of a block of 32 output channels in the array's order, as the two streams of OpLoadWeights: see "Weights" in
 * docs/fpga/instructions.md.
 */
export function packWeightSets(weights: ConvolutionWeights, layout: ChannelLayout, block: number): Int8Array {
  const channels = channelsByPlace(layout);
  const planes = planesOf(layout);
  const sets = setCount(layout, weights.taps);
  const bytes = new Int8Array(sets * SET_BYTES);
  let set = 0;
  for (let plane = 0; plane < planes; plane += 1) {
    const columns = plane === planes - 1 ? lastColumns(layout) : 4;
    for (let tap = 0; tap < weights.taps; tap += 1) {
      for (let column = 0; column < columns; column += 1, set += 1) {
        for (let pair = 0; pair < BLOCK_CHANNELS / 2; pair += 1) {
          const output = block * BLOCK_CHANNELS + pair * 2;
          const at = (pair % 2) * sets * 64 + set * 64 + Math.floor(pair / 2) * 8;
          for (let i = 0; i < 4; i += 1) {
            const channel = channels[plane * PLANE_CHANNELS + column * 4 + i];
            if (channel < 0) continue;
            const low = output < weights.outputs ? weightOf(weights, output, channel, tap) : 0;
            const high = output + 1 < weights.outputs ? weightOf(weights, output + 1, channel, tap) : 0;
            bytes[at + i * 2] = low;
            // The sign extension of the lower weight takes one from the upper.
            bytes[at + i * 2 + 1] = high - (low < 0 ? 1 : 0);
          }
        }
      }
    }
  }
  return bytes;
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
