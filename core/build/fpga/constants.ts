const ALIGNMENT = 128;

/** Collects the read-only data of a program; everything starts at a multiple of 128 bytes, which gives the best bursts. */
export class Constants {
  private readonly parts: { readonly offset: number; readonly data: Uint8Array }[] = [];
  private end = 0;

  /** The offset of `data`, which must not change afterwards. */
  place(data: Uint8Array | Int8Array): number {
    const offset = this.end;
    this.parts.push({ offset, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    this.end = Math.ceil((offset + data.byteLength) / ALIGNMENT) * ALIGNMENT;
    return offset;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.end);
    for (const { offset, data } of this.parts) bytes.set(data, offset);
    return bytes;
  }
}
