const ALIGNMENT = 128;

/** Collects the read-only data of a program; everything starts at a multiple of 128 bytes, which gives the best bursts. */
export class Constants {
  private readonly parts: { readonly offset: number; readonly make: () => Uint8Array | Int8Array }[] = [];
  private end = 0;

  /** The offset of `data`, which must not change afterwards. */
  place(data: Uint8Array | Int8Array): number {
    return this.reserve(data.byteLength, () => data);
  }

  /** The offset of `length` bytes that are made when all are asked for: who only counts cycles never asks. */
  reserve(length: number, make: () => Uint8Array | Int8Array): number {
    const offset = this.end;
    this.parts.push({ offset, make });
    this.end = Math.ceil((offset + length) / ALIGNMENT) * ALIGNMENT;
    return offset;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.end);
    for (const { offset, make } of this.parts) {
      const data = make();
      bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    }
    return bytes;
  }
}
