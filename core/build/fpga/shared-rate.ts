/** Cycles that are accounted for together. */
const SLOT = 32;

/**
 * Something that several share: the memory in bytes a cycle, the requantisation in results, a block of the activation buffer in reads.
 * Serves transfers in any order of calls, each as early as what others leave allows.
 */
export class SharedRate {
  private readonly left: number[] = [];

  /** @param perCycle what it serves in a cycle */
  constructor(private readonly perCycle: number) {}

  /**
   * When a transfer ends.
   *
   * @param amount bytes, results or reads
   * @param cycles that whoever asks needs for it
   */
  transfer(start: number, amount: number, cycles: number): number {
    if (amount === 0) return start + cycles;
    const rate = amount / Math.max(cycles, 1);
    let waiting = amount;
    let time = start;
    while (waiting > 1e-6) {
      const slot = Math.floor(time / SLOT);
      const end = (slot + 1) * SLOT;
      const left = this.left[slot] ?? SLOT * this.perCycle;
      const moved = Math.min(waiting, left, rate * (end - time));
      this.left[slot] = left - moved;
      waiting -= moved;
      time = waiting > 1e-6 ? end : Math.max(time + moved / rate, time + moved / this.perCycle);
    }
    return Math.max(time, start + cycles);
  }
}
