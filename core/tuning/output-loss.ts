/** How far int8's outputs for one input are from fp32's. */
export interface OutputLoss {
  /** From 0 (equal) to 1: see `outputLoss`. */
  readonly loss: number;
  /** Whether the first output's largest value is at the same place. */
  readonly agrees: boolean;
}

/**
 * The mean over the outputs of a distance between 0 and 1, so that no single input outweighs the others: for a distribution
 * over classes the share of probability that moved to other classes, Σ|p - q| / 2 (total variation); for anything else
 * the noise relative to the signal, √(Σ(x - y)² / Σx²), at most 1.
 *
 * @param exact fp32's outputs; @param found int8's, in the same order
 */
export function outputLoss(exact: readonly Float32Array[], found: readonly Float32Array[]): OutputLoss {
  const losses = exact.map((values, index) =>
    isDistribution(values) ? movedProbability(values, found[index]) : relativeNoise(values, found[index]),
  );
  return {
    loss: losses.reduce((sum, value) => sum + value, 0) / Math.max(1, losses.length),
    agrees: exact.length === 0 || largestIndex(exact[0]) === largestIndex(found[0]),
  };
}

function isDistribution(values: Float32Array): boolean {
  let sum = 0;
  for (const value of values) {
    if (value < 0) return false;
    sum += value;
  }
  return values.length > 1 && Math.abs(sum - 1) < 1e-3;
}

function movedProbability(p: Float32Array, q: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += Math.abs(p[i] - q[i]);
  return Math.min(1, sum / 2);
}

function relativeNoise(exact: Float32Array, found: Float32Array): number {
  let signal = 0;
  let noise = 0;
  for (let i = 0; i < exact.length; i++) {
    signal += exact[i] * exact[i];
    noise += (exact[i] - found[i]) ** 2;
  }
  return noise === 0 ? 0 : Math.min(1, Math.sqrt(noise / signal));
}

function largestIndex(values: Float32Array): number {
  let largest = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[largest]) largest = i;
  return largest;
}
