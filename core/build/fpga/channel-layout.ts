/** Channels of a plane, and of a word. */
export const PLANE_CHANNELS = 16;

/**
 * How the channels of a blob lie in planes of 16: parts of a concatenation, each of which starts a new plane. Channels of a
 * plane behind a part's last are arbitrary.
 */
export type ChannelLayout = readonly number[];

export function planesOf(layout: ChannelLayout): number {
  return layout.reduce((planes, channels) => planes + Math.ceil(channels / PLANE_CHANNELS), 0);
}

/** By place in the planes: the channel, or -1. */
export function channelsByPlace(layout: ChannelLayout): Int32Array {
  const channels = new Int32Array(planesOf(layout) * PLANE_CHANNELS).fill(-1);
  let place = 0;
  let channel = 0;
  for (const count of layout) {
    for (let i = 0; i < count; i += 1) channels[place + i] = channel + i;
    channel += count;
    place += Math.ceil(count / PLANE_CHANNELS) * PLANE_CHANNELS;
  }
  return channels;
}

export function sameLayout(a: ChannelLayout, b: ChannelLayout): boolean {
  return a.length === b.length && a.every((count, index) => count === b[index]);
}
