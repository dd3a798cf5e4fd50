/** Cycles that are accounted for together. */
const SLOT = 32;

/** A memory that serves transfers in any order of calls, each as early as the bandwidth that others leave allows. */
export class MemoryModel {
  private readonly left: number[] = [];

  constructor(private readonly bytesPerCycle: number) {}

  /**
   * When a transfer ends.
   *
   * @param cycles that its port needs for it
   */
  transfer(start: number, bytes: number, cycles: number): number {
    if (bytes === 0) return start + cycles;
    const rate = bytes / Math.max(cycles, 1);
    let waiting = bytes;
    let time = start;
    while (waiting > 1e-6) {
      const slot = Math.floor(time / SLOT);
      const end = (slot + 1) * SLOT;
      const left = this.left[slot] ?? SLOT * this.bytesPerCycle;
      const moved = Math.min(waiting, left, rate * (end - time));
      this.left[slot] = left - moved;
      waiting -= moved;
      time = waiting > 1e-6 ? end : Math.max(time + moved / rate, time + moved / this.bytesPerCycle);
    }
    return Math.max(time, start + cycles);
  }
}
