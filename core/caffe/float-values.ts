import type { ByteRange } from './wire.ts';

/**
 * Gathers the values of a repeated float field. The usual case, one packed run, becomes a view of the file's own bytes:
 * a network of 138 million weights is never held twice.
 */
export class FloatValues {
  private run: ByteRange | undefined;
  private grown = new Float32Array(0);
  private grownLength = 0;

  constructor(private readonly bytes: Uint8Array<ArrayBuffer>) {}

  addRun(range: ByteRange): void {
    if (this.run === undefined && this.grownLength === 0) {
      this.run = range;
      return;
    }
    this.spill();
    this.append(this.copyOf(range));
  }

  addValue(value: number): void {
    this.spill();
    this.reserve(1);
    this.grown[this.grownLength] = value;
    this.grownLength += 1;
  }

  get length(): number {
    return this.run === undefined ? this.grownLength : (this.run.end - this.run.start) / 4;
  }

  /**
   * The values. A run that does not lie on a multiple of four is moved down to one, over bytes of its own header, which
   * the caller has already read.
   */
  take(): Float32Array {
    if (this.run === undefined) return this.grown.subarray(0, this.grownLength);
    const { start, end } = this.run;
    const absolute = this.bytes.byteOffset + start;
    const shift = absolute % 4;
    if (shift > start) return this.copyOf(this.run);
    if (shift > 0) this.bytes.copyWithin(start - shift, start, end);
    return new Float32Array(this.bytes.buffer, absolute - shift, (end - start) / 4);
  }

  private spill(): void {
    if (this.run === undefined) return;
    const values = this.copyOf(this.run);
    this.run = undefined;
    this.append(values);
  }

  private append(values: Float32Array): void {
    this.reserve(values.length);
    this.grown.set(values, this.grownLength);
    this.grownLength += values.length;
  }

  private reserve(more: number): void {
    const needed = this.grownLength + more;
    if (needed <= this.grown.length) return;
    const larger = new Float32Array(Math.max(needed, 2 * this.grown.length, 16));
    larger.set(this.grown.subarray(0, this.grownLength));
    this.grown = larger;
  }

  private copyOf({ start, end }: ByteRange): Float32Array {
    return new Float32Array(this.bytes.slice(start, end).buffer);
  }
}
