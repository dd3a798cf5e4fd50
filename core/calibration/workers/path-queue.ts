/** Paths that come in while they are worked on. One reader. */
export class PathQueue implements AsyncIterable<string> {
  private readonly waiting: string[] = [];
  private ended = false;
  private wake: (() => void) | undefined;

  push(path: string): void {
    this.waiting.push(path);
    this.wake?.();
  }

  /** Nothing comes after what is there. */
  end(): void {
    this.ended = true;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, undefined> {
    for (;;) {
      const path = this.waiting.shift();
      if (path !== undefined) {
        yield path;
      } else if (this.ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
  }
}
