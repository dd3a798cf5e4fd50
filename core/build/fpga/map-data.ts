import type { Size2d } from '../../graph/graph.ts';
import { channelsByPlace, PLANE_CHANNELS, planesOf, type ChannelLayout } from './channel-layout.ts';

/** How a map lies in memory (docs/fpga/instructions.md, "Layouts"). */
export interface MemoryMap {
  readonly format: 'planes' | 'narrow' | 'raw';
  readonly layout: ChannelLayout;
  readonly size: Size2d;
}

const NARROW_CHANNELS = 4;
const RAW_CHANNELS = 4;
const WORD_BYTES = 16;

/** Network inputs of so few channels lie pixel by pixel. */
export function canBeNarrow(channels: number): boolean {
  return channels <= NARROW_CHANNELS;
}

/** Rows of narrow maps have an even number of pixels. */
export function memoryWidth({ format, size }: MemoryMap): number {
  return format === 'narrow' ? size.width + (size.width % 2) : size.width;
}

/** Planes as transfers see them: of 16 channels, of four sums, or the one of a narrow map. */
export function transferPlanes({ format, layout }: MemoryMap): number {
  if (format === 'narrow') return 1;
  return format === 'planes' ? planesOf(layout) : Math.ceil(layout[0] / 8) * 2;
}

export function pixelBytes(format: MemoryMap['format']): number {
  return format === 'narrow' ? NARROW_CHANNELS : WORD_BYTES;
}

export function mapBytes(map: MemoryMap): number {
  return transferPlanes(map) * map.size.height * memoryWidth(map) * pixelBytes(map.format);
}

/** Writes a blob (C x H x W) to where its map lies. */
export function packMap(map: MemoryMap, blob: Int8Array, memory: Uint8Array): void {
  const area = map.size.height * map.size.width;
  const width = memoryWidth(map);
  const channels =
    map.format === 'narrow' ? Int32Array.from({ length: map.layout[0] }, (_, c) => c) : channelsByPlace(map.layout);
  const step = pixelBytes(map.format);
  channels.forEach((channel, place) => {
    if (channel < 0) return;
    const plane = Math.floor(place / PLANE_CHANNELS) * map.size.height * width;
    for (let pixel = 0; pixel < area; pixel += 1) {
      const at = plane + Math.floor(pixel / map.size.width) * width + (pixel % map.size.width);
      memory[at * step + (place % PLANE_CHANNELS)] = blob[channel * area + pixel];
    }
  });
}

/** Reads an int8 blob (C x H x W) from its map. */
export function unpackMap(map: MemoryMap, memory: Uint8Array): Int8Array {
  const area = map.size.height * map.size.width;
  const channels = channelsByPlace(map.layout);
  const blob = new Int8Array(map.layout.reduce((sum, count) => sum + count, 0) * area);
  channels.forEach((channel, place) => {
    if (channel < 0) return;
    const plane = Math.floor(place / PLANE_CHANNELS) * area;
    for (let pixel = 0; pixel < area; pixel += 1) {
      blob[channel * area + pixel] = memory[(plane + pixel) * WORD_BYTES + (place % PLANE_CHANNELS)];
    }
  });
  return blob;
}

/** Reads int32 sums (C x H x W) from a raw map. */
export function unpackSums(map: MemoryMap, memory: Uint8Array): Int32Array {
  const area = map.size.height * map.size.width;
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  return Int32Array.from({ length: map.layout[0] * area }, (_, index) => {
    const channel = Math.floor(index / area);
    const word = Math.floor(channel / RAW_CHANNELS) * area + (index % area);
    return view.getInt32(word * WORD_BYTES + (channel % RAW_CHANNELS) * 4, true);
  });
}
