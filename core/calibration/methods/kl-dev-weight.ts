import type { Histogram } from '../histogram.ts';
import { firstSmallest } from './first-smallest.ts';
import { levels } from './fractional-merge.ts';
import type { Threshold, ThresholdMethod } from './method.ts';
import { pairwiseSum } from './pairwise-sum.ts';

/** What takes the place of 0 in P and Q. */
const epsilon = 1e-4;

/**
 * KL divergence as caffe-int8-convert-tool-dev-weight.py (2019) computes it, to the same bin: after MXNet's
 * contrib/quantization.py, over the positive values, without the first bin, with groups of i // 128 whole bins. Its
 * slip is kept, since it decides thresholds: the last group's mass is spread over its bins but the last one.
 */
export const klDevWeight: ThresholdMethod = {
  description: 'KL divergence as caffe-int8-convert-tool-dev-weight.py has it',
  counted: 'not-negative',
  isEmpty: (histogram) => histogram.counts.every((count, bin) => bin === 0 || count === 0),
  choose,
};

function choose(histogram: Histogram): Threshold {
  const bins = histogram.counts.subarray(1);
  const estimator = new Estimator(bins);
  const p = new Float64Array(bins.length);
  const q = new Float64Array(bins.length);
  const bin = firstSmallest({
    from: levels,
    to: bins.length,
    limit: Infinity,
    margin: 1e-9,
    estimate: (i) => estimator.estimate(i),
    exact: (i) => divergence(bins, i, estimator.massFrom(i), p, q),
  });
  const threshold = (bin + 0.5) * (histogram.max / histogram.counts.length);
  return { bin, threshold, scale: 127 / threshold };
}

/** Σ p·log(p / q) of the normalised distributions, summed in numpy's order. */
function divergence(bins: Float64Array, i: number, tail: number, p: Float64Array, q: Float64Array): number {
  p.set(bins.subarray(0, i));
  p[i - 1] += tail;
  q.fill(0, 0, i);
  const width = Math.floor(i / levels);
  for (let group = 0; group < levels; group++) {
    const isLast = group === levels - 1;
    const start = group * width;
    const stop = isLast ? i : start + width;
    let mass = 0;
    let members = 0;
    for (let j = start; j < stop; j++) {
      mass += bins[j];
      if (p[j] !== 0 && !(isLast && j === i - 1)) members++;
    }
    if (members === 0) continue;
    for (let j = start; j < stop; j++) if (p[j] !== 0 && !(isLast && j === i - 1)) q[j] = mass / members;
  }
  for (let j = 0; j < i; j++) {
    if (p[j] === 0) p[j] = epsilon;
    if (q[j] === 0) q[j] = epsilon;
  }
  const sumP = pairwiseSum(p, 0, i);
  const sumQ = pairwiseSum(q, 0, i);
  for (let j = 0; j < i; j++) {
    const share = p[j] / sumP;
    p[j] = share * Math.log(share / (q[j] / sumQ));
  }
  return pairwiseSum(p, 0, i);
}

/**
 * The same divergence from running sums. The first 127 groups depend on i // 128 alone, so a candidate costs a few
 * operations:
 *
 *     D = (Σ p·log p - Σ p·log q) / Σp - log Σp + log Σq
 *
 * where bins with p = q = epsilon cancel in the bracket.
 */
class Estimator {
  /** Running sums: of the counts (exact), of the bins that are not empty, of count·log count. */
  private readonly mass: Float64Array;
  private readonly occupied: Float64Array;
  private readonly entropy: Float64Array;
  /** Σ p·log q of the first 127 groups, by their width. */
  private readonly groupCross: Float64Array;

  constructor(private readonly bins: Float64Array) {
    const count = bins.length;
    this.mass = new Float64Array(count + 1);
    this.occupied = new Float64Array(count + 1);
    this.entropy = new Float64Array(count + 1);
    for (let j = 0; j < count; j++) {
      const value = bins[j];
      this.mass[j + 1] = this.mass[j] + value;
      this.occupied[j + 1] = this.occupied[j] + (value === 0 ? 0 : 1);
      this.entropy[j + 1] = this.entropy[j] + (value === 0 ? 0 : value * Math.log(value));
    }
    this.groupCross = Float64Array.from({ length: Math.floor(count / levels) + 1 }, (_, width) => this.cross(width));
  }

  private cross(width: number): number {
    let sum = 0;
    for (let group = 0; group < levels - 1; group++) {
      const [start, stop] = [group * width, (group + 1) * width];
      const mass = this.mass[stop] - this.mass[start];
      if (mass > 0) sum += mass * Math.log(mass / (this.occupied[stop] - this.occupied[start]));
    }
    return sum;
  }

  /** Sum of the bins from i on. */
  massFrom(i: number): number {
    return this.mass[this.bins.length] - this.mass[i];
  }

  estimate(i: number): number {
    const width = Math.floor(i / levels);
    const last = i - 1;
    const start = (levels - 1) * width;
    const groupMass = this.mass[i] - this.mass[start];
    const members = this.occupied[last] - this.occupied[start];
    const sharedMass = this.mass[last] - this.mass[start];
    const end = this.bins[last] + this.massFrom(i);

    const emptyInP = last - this.occupied[last] + (end === 0 ? 1 : 0);
    const sumP = this.mass[this.bins.length] + epsilon * emptyInP;
    const sumQ = this.mass[start] + (members > 0 ? groupMass : 0) + epsilon * (last - this.occupied[last] + 1);

    let cross = this.groupCross[width];
    if (members > 0) cross += sharedMass * Math.log(groupMass / members);
    let entropy = this.entropy[last];
    if (end > 0) {
      cross += end * Math.log(epsilon);
      entropy += end * Math.log(end);
    }
    return (entropy - cross) / sumP - Math.log(sumP) + Math.log(sumQ);
  }
}
