/** Shares from 0 to 1. */
export interface Shares {
  readonly top1: number;
  readonly top5: number;
}

/** The classes with the largest values, the largest first; of equal ones the lower number comes first. */
export function topClasses(values: Float32Array, count: number): readonly number[] {
  const top: number[] = [];
  for (let i = 0; i < values.length; i++) {
    let place = top.length;
    while (place > 0 && values[i] > values[top[place - 1]]) place--;
    if (place >= count) continue;
    top.splice(place, 0, i);
    if (top.length > count) top.pop();
  }
  return top;
}

/** Counts how often a wanted class is the first, and among the first five. */
export class TopCounter {
  private total = 0;
  private first = 0;
  private five = 0;

  add(wanted: number, top: readonly number[]): void {
    this.total++;
    if (top[0] === wanted) this.first++;
    if (top.slice(0, 5).includes(wanted)) this.five++;
  }

  /** Undefined where nothing was counted. */
  shares(): Shares | undefined {
    return this.total === 0 ? undefined : { top1: this.first / this.total, top5: this.five / this.total };
  }
}

/**
 * Kullback-Leibler divergence Σ p·ln(p / q) of two distributions over classes, in nats; undefined where `p` is none (a value
 * below 0, or a sum that is not 1). Values of q below 1e-9 count as that.
 */
export function classDivergence(p: Float32Array, q: Float32Array): number | undefined {
  let sum = 0;
  let divergence = 0;
  for (let i = 0; i < p.length; i++) {
    if (p[i] < 0) return undefined;
    sum += p[i];
    if (p[i] > 0) divergence += p[i] * Math.log(p[i] / Math.max(q[i], 1e-9));
  }
  return Math.abs(sum - 1) > 1e-3 ? undefined : divergence;
}

/** How far values lie from what they stand for. */
export interface Closeness {
  /** Signal to quantisation noise in dB: 10 log10(Σx² / Σ(x - y)²); infinite where they are equal. */
  readonly sqnr: number;
  /** Cosine similarity. */
  readonly cosine: number;
}

/** Sums up to `Closeness` over any number of blobs. */
export class ClosenessSum {
  private signal = 0;
  private noise = 0;
  private product = 0;
  private other = 0;

  /** `at(i)` is the approximation of `exact[i]`. */
  add(exact: Float32Array, at: (index: number) => number): void {
    for (let i = 0; i < exact.length; i++) {
      const x = exact[i];
      const y = at(i);
      this.signal += x * x;
      this.noise += (x - y) * (x - y);
      this.product += x * y;
      this.other += y * y;
    }
  }

  closeness(): Closeness {
    const { signal, noise, product, other } = this;
    const cosine = signal === 0 || other === 0 ? (signal === other ? 1 : 0) : product / Math.sqrt(signal * other);
    return { sqnr: noise === 0 ? Infinity : 10 * Math.log10(signal / noise), cosine };
  }
}
