/** Calls `action` at once, then at most once per interval while it is asked for. */
export class Throttle {
  private timer: NodeJS.Timeout | undefined;
  private last = -Infinity;

  constructor(
    private readonly intervalMs: number,
    private readonly action: () => void,
  ) {}

  request(): void {
    if (this.timer !== undefined) return;
    const wait = this.last + this.intervalMs - performance.now();
    if (wait <= 0) {
      this.act();
      return;
    }
    this.timer = setTimeout(() => {
      this.act();
    }, wait);
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private act(): void {
    this.cancel();
    this.last = performance.now();
    this.action();
  }
}
