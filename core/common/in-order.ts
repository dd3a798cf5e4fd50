/** Does one thing after the other, so that of two writes the later one stays and none overwrites what the other has read. */
export class InOrder {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all that was begun has ended, well or not. */
  async settled(): Promise<void> {
    await this.last;
  }
}
