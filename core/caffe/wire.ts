import { CortadoError } from '../common/errors.ts';

/** Protobuf's wire types. */
export const wireType = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

export interface Tag {
  readonly field: number;
  readonly type: number;
}

/** Where a length-delimited value lies in the file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Walks one protobuf message inside a file's bytes. Nothing is trusted: every length is held against the message that
 * holds it before a byte is touched, so that a hostile file cannot make it allocate.
 */
export class WireReader {
  private readonly view: DataView;

  /** @param path what is being read, for errors: `layer "conv1".blobs[0]` */
  constructor(
    readonly bytes: Uint8Array<ArrayBuffer>,
    readonly file: string,
    readonly path: string,
    private position = 0,
    readonly end = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  get offset(): number {
    return this.position;
  }

  readTag(): Tag {
    const at = this.position;
    const tag = this.readVarint();
    const field = Math.floor(tag / 8);
    if (field < 1 || field > 536870911) throw this.damaged(`there is no field ${field}`, at);
    return { field, type: tag % 8 };
  }

  /** An unsigned varint; a negative int64 or anything from 2^53 on comes back as Infinity. */
  readVarint(): number {
    const at = this.position;
    let value = 0;
    let factor = 1;
    for (let index = 0; index < 10; index += 1) {
      if (this.position >= this.end) throw this.damaged('a number goes past the end of its message', at);
      const byte = this.bytes[this.position] ?? 0;
      this.position += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : Infinity;
      factor *= 128;
    }
    throw this.damaged('a number is longer than ten bytes', at);
  }

  readFloat(): number {
    const at = this.advance(4);
    return this.view.getFloat32(at, true);
  }

  readDouble(): number {
    const at = this.advance(8);
    return this.view.getFloat64(at, true);
  }

  /** The extent of a length-delimited value, which is then behind. */
  readRange(): ByteRange {
    const length = this.readVarint();
    const start = this.advance(length);
    return { start, end: start + length };
  }

  readText(): string {
    const { start, end } = this.readRange();
    return new TextDecoder().decode(this.bytes.subarray(start, end));
  }

  /** A reader for the message that comes next. */
  readMessage(path: string): WireReader {
    const { start, end } = this.readRange();
    return new WireReader(this.bytes, this.file, path, start, end);
  }

  /** Numbers of a repeated varint field, packed or one by one. */
  readVarints(type: number, into: number[], most: number): void {
    const at = this.position;
    if (type === wireType.varint) {
      into.push(this.readVarint());
    } else {
      this.expect(type, wireType.bytes, at);
      const packed = this.readMessage(this.path);
      while (!packed.done && into.length <= most) into.push(packed.readVarint());
    }
    if (into.length > most) throw this.damaged(`a list holds more than ${most} numbers`, at);
  }

  expect(type: number, wanted: number, at = this.position): void {
    if (type !== wanted) throw this.damaged(`a field has wire type ${type} instead of ${wanted}`, at);
  }

  skip(tag: Tag): void {
    let open = 0;
    let current = tag;
    for (;;) {
      if (current.type === wireType.startGroup) open += 1;
      else if (current.type === wireType.endGroup) open -= 1;
      else this.skipValue(current.type);
      if (open <= 0) break;
      current = this.readTag();
    }
    if (open < 0) throw this.damaged('a group ends that never began');
  }

  /** The error for bytes that are not what protobuf or Caffe put there. */
  damaged(what: string, at = this.position, field = this.path): CortadoError {
    return new CortadoError(
      'caffe.damaged',
      `The file is damaged or cut off: at byte ${at} of ${this.bytes.length}, ${what}.`,
      'Download or copy the file again and compare its size or checksum with the source.',
      { location: { file: this.file, field } },
    );
  }

  private skipValue(type: number): void {
    if (type === wireType.varint) this.readVarint();
    else if (type === wireType.fixed64) this.advance(8);
    else if (type === wireType.bytes) this.readRange();
    else if (type === wireType.fixed32) this.advance(4);
    else throw this.damaged(`there is no wire type ${type}`);
  }

  /** Steps over `length` bytes and returns where they began. */
  private advance(length: number): number {
    const at = this.position;
    if (length > this.end - at) {
      throw this.damaged(
        `${length === Infinity ? 'more bytes than any file has' : `${length} bytes`} are announced and ${this.end - at} are left`,
        at,
      );
    }
    this.position += length;
    return at;
  }
}
