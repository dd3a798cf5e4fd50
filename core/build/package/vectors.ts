import type { Builder } from 'flatbuffers';
import { bytesOf } from './crc32.ts';

type NumericArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array;

/** A vector of numbers in one copy (the generated functions write value by value). Little-endian hosts only, as Node's are. */
export function createVector(builder: Builder, data: NumericArray, alignment = data.BYTES_PER_ELEMENT): number {
  builder.startVector(data.BYTES_PER_ELEMENT, data.length, alignment);
  // What startVector made room for lies just below the part that is written already.
  builder.pad(data.byteLength);
  const buffer = builder.dataBuffer();
  buffer.bytes().set(bytesOf(data), buffer.capacity() - builder.offset());
  return builder.endVector();
}

/** A vector of references to tables. */
export function createOffsets(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4);
  for (let i = offsets.length - 1; i >= 0; i -= 1) builder.addOffset(offsets[i]);
  return builder.endVector();
}
