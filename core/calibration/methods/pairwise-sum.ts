const blockSize = 128;

/**
 * The sum of `values[from, to)` in the order in which numpy adds a contiguous float64 array: eight running sums within blocks
 * of at most 128, halves above that. The order decides the last bits, and those decide between candidates that are equal
 * but for rounding.
 */
export function pairwiseSum(values: Float64Array, from = 0, to: number = values.length): number {
  const count = to - from;
  if (count < 8) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[i];
    return sum;
  }
  if (count > blockSize) {
    const half = Math.floor(count / 2);
    const middle = from + half - (half % 8);
    return pairwiseSum(values, from, middle) + pairwiseSum(values, middle, to);
  }
  const sums = values.slice(from, from + 8);
  const end = to - (count % 8);
  for (let i = from + 8; i < end; i += 8) {
    for (let lane = 0; lane < 8; lane++) sums[lane] += values[i + lane];
  }
  let sum = sums[0] + sums[1] + (sums[2] + sums[3]) + (sums[4] + sums[5] + (sums[6] + sums[7]));
  for (let i = end; i < to; i++) sum += values[i];
  return sum;
}
