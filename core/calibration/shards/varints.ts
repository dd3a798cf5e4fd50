/** Writes whole numbers from 0 to 2^53 - 1 in as few bytes as they need: seven bits each, the lowest first. */
export class VarintWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;

  write(value: number): void {
    if (this.length + 8 > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes[this.length++] = (rest % 128) | 128;
    this.bytes[this.length++] = rest;
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** Reads what `VarintWriter` wrote. Throws a RangeError at the end of the bytes. */
export class VarintReader {
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.position === this.bytes.length;
  }

  read(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      if (this.position >= this.bytes.length) throw new RangeError('the bytes end within a number');
      const byte = this.bytes[this.position++];
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }
}
