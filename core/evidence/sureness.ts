/** A class with its probability. */
export interface Guess {
  /** From 0. */
  readonly class: number;
  readonly probability: number;
}

/** How sure a network is of a set of pictures. */
export interface Sureness {
  /** Mean probability of the first class. */
  readonly top1: number;
  /**
   * What a picture tells about its class, in nats: the mean of KL(p(class | picture) || p(class)), the logarithm of the
   * Inception score (Salimans et al., 2016). Unlike the probability it does not grow when wrong inputs drive every picture
   * into one class.
   */
  readonly information: number;
}

/** Probabilities from a network's output: as they are where they add up to 1, else their softmax. */
export function probabilities(output: Float32Array): Float64Array {
  const values = Float64Array.from(output);
  const sum = values.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) < 1e-3 && values.every((value) => value >= 0)) return values;
  const most = values.reduce((largest, value) => Math.max(largest, value), -Infinity);
  const powers = values.map((value) => Math.exp(value - most));
  const total = powers.reduce((all, value) => all + value, 0);
  return powers.map((value) => value / total);
}

/** The `count` likeliest classes, the likeliest first. */
export function bestGuesses(distribution: Float64Array, count: number): readonly Guess[] {
  return Array.from(distribution, (probability, index) => ({ class: index, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);
}

export function surenessOf(distributions: readonly Float64Array[]): Sureness {
  const count = distributions.length;
  const mean = distributions[0].map((_, index) => distributions.reduce((sum, p) => sum + p[index], 0) / count);
  const information = distributions.reduce(
    (sum, p) =>
      sum + p.reduce((all, value, index) => (value > 0 ? all + value * Math.log(value / mean[index]) : all), 0),
    0,
  );
  return {
    top1: distributions.reduce((sum, p) => sum + Math.max(...p), 0) / count,
    information: information / count,
  };
}
