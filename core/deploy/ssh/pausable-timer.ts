/** A time limit that stands still while somebody is asked. */
export class PausableTimer {
  private handle: NodeJS.Timeout | undefined;
  private startedAt = 0;
  private expire: (() => void) | undefined;

  constructor(private left: number) {}

  start(expire: () => void): void {
    this.expire = expire;
    this.resume();
  }

  async pausedWhile<Result>(work: Promise<Result>): Promise<Result> {
    clearTimeout(this.handle);
    this.left -= performance.now() - this.startedAt;
    try {
      return await work;
    } finally {
      this.resume();
    }
  }

  stop(): void {
    clearTimeout(this.handle);
    this.expire = undefined;
  }

  private resume(): void {
    this.startedAt = performance.now();
    if (this.expire !== undefined) this.handle = setTimeout(this.expire, Math.max(0, this.left));
  }
}
