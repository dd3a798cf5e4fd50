/** Counts in at most `bins` bins over the same range: neighbours are added. */
export function fewerBins(counts: readonly number[], bins: number): number[] {
  const kept = Math.min(bins, counts.length);
  const merged = new Array<number>(kept).fill(0);
  for (const [index, count] of counts.entries()) merged[Math.floor((index * kept) / counts.length)] += count;
  return merged;
}
