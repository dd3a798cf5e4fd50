import { rangeOf, type BlobRange } from '../range.ts';
import { createKernels, type Kernels } from './kernels.ts';

/** Values that are worked on at a time: 32 KiB, so that they stay in the processor's nearest cache. */
export const pieceLength = 2 ** 13;

const pageBytes = 2 ** 16;
const resultAt = 4 * pieceLength;
const resultBytes = 48;
/** Tables are aligned to lines of the cache. */
const lineBytes = 64;
const firstTableAt = resultAt + lineBytes;
/** A table takes some MiB; a memory that is larger than this is hard to find room for. */
const mostBytes = 2 ** 30;

const infinity = 0x7f800000;

/** A memory in which kernels work: room for one piece of values, and for tables of counters. */
export class KernelMemory {
  readonly kernels: Kernels = createKernels();
  private used = firstTableAt;
  private buffer: ArrayBuffer | undefined;
  private piece = new Float32Array(0);

  /** The place of so many new bytes, all 0; undefined where there is no room for them. */
  take(bytes: number): number | undefined {
    const address = this.used;
    const end = Math.ceil((address + bytes) / lineBytes) * lineBytes;
    if (end > mostBytes) return undefined;
    const { memory } = this.kernels;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    this.used = end;
    return address;
  }

  /** Puts a piece in, with zeros behind it up to a multiple of 8; returns how many these are. */
  load(values: Float32Array): number {
    const piece = this.values();
    piece.set(values);
    const rest = fillerOf(values);
    if (rest > 0) piece.fill(0, values.length, values.length + rest);
    return rest;
  }

  /** The range of the piece of so many values that was put in. */
  range(length: number): BlobRange {
    const piece = this.values();
    const rest = -length & 3;
    if (rest > 0) piece.fill(piece[0], length, length + rest);
    this.kernels.range(0, 4 * (length + rest), resultAt);
    if (rest > 0) piece.fill(0, length, length + rest);
    const results = new DataView(this.kernels.memory.buffer, resultAt, resultBytes);
    let min = Infinity;
    let max = -Infinity;
    let magnitude = 0;
    for (let lane = 0; lane < 16; lane += 4) {
      min = Math.min(min, results.getFloat32(lane, true));
      max = Math.max(max, results.getFloat32(lane + 16, true));
      magnitude = Math.max(magnitude, results.getInt32(lane + 32, true));
    }
    if (magnitude >= infinity) return rangeOf(piece.subarray(0, length));
    // Not -0.
    return { min: min + 0, max: max + 0, count: length, notFinite: 0 };
  }

  /** Moves those of the piece's values that are not 0 to its front; returns them. */
  compress(length: number): Float32Array {
    const end = this.kernels.compress(0, 4 * length);
    return this.values().subarray(0, end / 4);
  }

  /** The room for a piece. */
  private values(): Float32Array {
    const { buffer } = this.kernels.memory;
    if (buffer !== this.buffer) {
      this.buffer = buffer;
      this.piece = new Float32Array(buffer, 0, pieceLength);
    }
    return this.piece;
  }
}

/** How many zeros stand behind a piece that was put in. */
export function fillerOf({ length }: Float32Array): number {
  return -length & 7;
}

/** Memories for the counters of many histograms and for what these keep, which go with the last of these. */
export class CountingMemory {
  /** Parts that kept values before they were counted: memory that was used before costs nothing, new memory does. */
  readonly spareParts: Float32Array[] = [];
  private last: KernelMemory | undefined;

  /** A memory, whichever. */
  any(): KernelMemory {
    return (this.last ??= new KernelMemory());
  }

  /** Room for so many bytes, all 0. */
  take(bytes: number): { readonly memory: KernelMemory; readonly address: number } {
    const memory = this.any();
    const address = memory.take(bytes);
    if (address !== undefined) return { memory, address };
    this.last = undefined;
    return this.take(bytes);
  }
}
