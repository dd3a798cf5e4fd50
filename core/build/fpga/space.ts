/** A range of places, handed out first fit. */
export class Space {
  private readonly free: { from: number; to: number }[];
  private highest = 0;

  constructor(size: number) {
    this.free = [{ from: 0, to: size }];
  }

  /** The end of the highest place ever handed out. */
  get peak(): number {
    return this.highest;
  }

  /** Places that are free, in all gaps together. */
  get room(): number {
    return this.free.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** The start of `size` free places at a multiple of `alignment`, or undefined where no gap is large enough. */
  take(size: number, alignment = 1): number | undefined {
    for (const [index, gap] of this.free.entries()) {
      const from = Math.ceil(gap.from / alignment) * alignment;
      if (from + size > gap.to) continue;
      this.cut(index, from, size);
      return from;
    }
    return undefined;
  }

  /**
   * The start of `size` free places that `isGood` takes, tried at the start of each gap and at multiples of `step`, or undefined where
   * there are none.
   */
  takeWhere(size: number, step: number, isGood: (from: number, to: number) => boolean): number | undefined {
    for (const [index, gap] of this.free.entries()) {
      for (let from = gap.from; from + size <= gap.to; from = (Math.floor(from / step) + 1) * step) {
        if (!isGood(from, from + size)) continue;
        this.cut(index, from, size);
        return from;
      }
    }
    return undefined;
  }

  private cut(index: number, from: number, size: number): void {
    const gap = this.free[index];
    const rest = [
      { from: gap.from, to: from },
      { from: from + size, to: gap.to },
    ].filter((part) => part.to > part.from);
    this.free.splice(index, 1, ...rest);
    this.highest = Math.max(this.highest, from + size);
  }

  give(from: number, size: number): void {
    this.free.push({ from, to: from + size });
    this.free.sort((a, b) => a.from - b.from);
    for (let i = this.free.length - 1; i > 0; i -= 1) {
      if (this.free[i - 1].to !== this.free[i].from) continue;
      this.free[i - 1].to = this.free[i].to;
      this.free.splice(i, 1);
    }
  }
}
