/** Values of one part: 256 KiB. */
const partLength = 2 ** 16;

/** Values one after the other, in parts, so that none is moved where they grow. */
export class KeptValues {
  private full: Float32Array[];
  private last: Float32Array = new Float32Array(0);
  private used = 0;
  private count: number;

  /**
   * @param spare parts that others gave back; they are used before new memory is
   * @param parts the first values; their memory is used
   */
  constructor(
    private readonly spare: Float32Array[],
    parts: readonly Float32Array[] = [],
  ) {
    this.full = [...parts];
    this.count = parts.reduce((sum, { length }) => sum + length, 0);
  }

  get length(): number {
    return this.count;
  }

  push(values: Float32Array): void {
    this.count += values.length;
    for (let rest = values; rest.length > 0;) {
      if (this.used === this.last.length) this.begin(rest.length);
      const fits = rest.subarray(0, this.last.length - this.used);
      this.last.set(fits, this.used);
      this.used += fits.length;
      rest = rest.subarray(fits.length);
    }
  }

  parts(): readonly Float32Array[] {
    return [...this.full, this.last.subarray(0, this.used)];
  }

  /** Gives its memory to others. It is of no use afterwards. */
  giveBack(): void {
    this.spare.push(...[...this.full, this.last].filter(({ length }) => length === partLength));
    this.full = [];
    this.last = new Float32Array(0);
  }

  /** Small parts first: a group of a blob's channels has few values. */
  private begin(least: number): void {
    if (this.used > 0) this.full.push(this.last);
    const length = Math.min(partLength, Math.max(least, 2 * this.last.length));
    this.last = (length === partLength ? this.spare.pop() : undefined) ?? new Float32Array(length);
    this.used = 0;
  }
}
