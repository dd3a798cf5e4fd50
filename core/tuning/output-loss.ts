/** How far int8's outputs for one input are from fp32's. */
export interface OutputLoss {
  /** From 0 (equal) to 1: see `outputLoss`. */
  readonly loss: number;
  /** Whether the first output's largest value is at the same place. */
  readonly agrees: boolean;
}

/**
 * The mean over the outputs of the noise relative to the signal, √(Σ(x - y)² / Σx²), at most 1, so that no single input outweighs
 * the others. Of a distribution over classes it is that of the classes' logarithms less their mean, which is what the softmax
 * was given: on few inputs it tells better than the probability that moves (Σ|p - q| / 2) which network will move less of it on
 * others, since every class says something of the noise (docs/accuracy.md).
 *
 * @param exact fp32's outputs; @param found int8's, in the same order
 */
export function outputLoss(exact: readonly Float32Array[], found: readonly Float32Array[]): OutputLoss {
  const losses = exact.map((values, index) =>
    isDistribution(values) ? classNoise(values, found[index]) : relativeNoise(values, found[index], 0),
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

/** Noise of one in the logarithm of each class is much, however near to each other the classes are. */
function classNoise(p: Float32Array, q: Float32Array): number {
  return relativeNoise(centredLogarithms(p), centredLogarithms(q), p.length);
}

/** Smaller probabilities than this are as good as none. */
const leastProbability = 1e-30;

function centredLogarithms(p: Float32Array): Float32Array {
  const logarithms = p.map((value) => Math.log(Math.max(value, leastProbability)));
  const mean = logarithms.reduce((sum, value) => sum + value, 0) / logarithms.length;
  return logarithms.map((value) => value - mean);
}

function relativeNoise(exact: Float32Array, found: Float32Array, leastSignal: number): number {
  let signal = leastSignal;
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
