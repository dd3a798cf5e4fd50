/**
 * Words of a block of a bank: the array and the vector unit read at once where they read different blocks; else the vector unit waits.
 */
export const BLOCK_WORDS = 2048;
export const MOST_BLOCKS = 4;

/** By block: the share of a unit's reads that goes there. */
export type ReadShares = readonly number[];

/** Shares of reads that go evenly over ranges of words. */
export function readShares(ranges: readonly { readonly from: number; readonly to: number }[]): ReadShares {
  const words = new Array<number>(MOST_BLOCKS).fill(0);
  for (const { from, to } of ranges) {
    for (let block = Math.floor(from / BLOCK_WORDS); block * BLOCK_WORDS < to; block += 1) {
      words[block] += Math.min(to, (block + 1) * BLOCK_WORDS) - Math.max(from, block * BLOCK_WORDS);
    }
  }
  const all = words.reduce((sum, each) => sum + each, 0);
  return words.map((each) => (all === 0 ? 0 : each / all));
}

/** How often two units that read every cycle want the same block. */
export function conflictShare(a: ReadShares, b: ReadShares): number {
  return a.reduce((sum, share, block) => sum + share * (b[block] ?? 0), 0);
}

/** Whether ranges of words have no block in common. */
export function areApart(
  from: number,
  to: number,
  others: readonly { readonly from: number; readonly to: number }[],
): boolean {
  const first = Math.floor(from / BLOCK_WORDS);
  const last = Math.floor((to - 1) / BLOCK_WORDS);
  return others.every(
    (other) => Math.floor((other.to - 1) / BLOCK_WORDS) < first || Math.floor(other.from / BLOCK_WORDS) > last,
  );
}
