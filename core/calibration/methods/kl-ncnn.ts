import { totalCount, type Histogram } from '../histogram.ts';
import { firstSmallest } from './first-smallest.ts';
import { FractionalMerge, levels } from './fractional-merge.ts';
import type { Threshold, ThresholdMethod } from './method.ts';

/** What is added to every bin of P and Q, so that no logarithm is of 0. */
const epsilon = Math.fround(1e-4);

/**
 * KL divergence as ncnn2table's `quantize_KL` computes it: the scheme of TensorRT's calibration (S. Migacz, GTC 2017)
 * with 1e-4 added to every bin of P and Q, and each group's mean, not its mass over the bins that are not empty, as Q.
 * In float32 throughout, as there.
 */
export const klNcnn: ThresholdMethod = {
  description: 'KL divergence as ncnn2table has it',
  counted: 'magnitudes',
  isEmpty: (histogram) => totalCount(histogram) === 0,
  choose,
};

function choose(histogram: Histogram): Threshold {
  const { counts, max } = histogram;
  const total = totalCount(histogram);
  const distribution = Float32Array.from(counts, (count) => count / total);
  const reference = Float64Array.from(distribution, (value) => value + epsilon);
  const merge = new FractionalMerge(counts, total, undefined, reference, epsilon);
  const tails = tailSums(distribution);
  const p = new Float32Array(counts.length);
  const q = new Float32Array(counts.length);
  const bin = firstSmallest({
    from: levels,
    to: counts.length,
    limit: Infinity,
    // Sums of up to 2047 float32 terms below 1.
    margin: 1e-5,
    lowerBound: (i) => merge.lowerBound(i, reference[i - 1] + tails[i]),
    estimate: (i, limit) => merge.estimate(i, reference[i - 1] + tails[i], limit),
    exact: (i) => divergence(distribution, i, p, q),
  });
  const threshold = Math.fround(Math.fround((bin + 0.5) * max) / counts.length);
  return { bin, threshold, scale: Math.fround(127 / threshold) };
}

/** tails[i] = Σ distribution[j], j ≥ i. */
function tailSums(distribution: Float32Array): Float64Array {
  const tails = new Float64Array(distribution.length + 1);
  for (let i = distribution.length - 1; i >= 0; i--) tails[i] = tails[i + 1] + distribution[i];
  return tails;
}

function divergence(distribution: Float32Array, i: number, p: Float32Array, q: Float32Array): number {
  for (let j = 0; j < i; j++) p[j] = epsilon + distribution[j];
  for (let j = i; j < distribution.length; j++) p[i - 1] += distribution[j];
  spreadMeans(distribution, i, q);
  let sum = 0;
  for (let j = 0; j < i; j++) {
    const logarithm = Math.fround(Math.log(Math.fround(p[j] / q[j])));
    sum = Math.fround(sum + Math.fround(p[j] * logarithm));
  }
  return sum;
}

/** Q: epsilon and each group's mean, the bins on an edge by their fractions. */
function spreadMeans(distribution: Float32Array, i: number, q: Float32Array): void {
  q.fill(epsilon, 0, i);
  const width = i / levels;
  for (let group = 0; group < levels; group++) {
    const start = group * width;
    const end = start + width;
    const first = Math.ceil(start);
    const stop = Math.floor(end);
    const before = first - start;
    const after = end - stop;
    let mass = 0;
    if (before > 0) mass = Math.fround(mass + Math.fround(before * distribution[first - 1]));
    if (after > 0) mass = Math.fround(mass + Math.fround(after * distribution[stop]));
    for (let j = first; j < stop; j++) mass = Math.fround(mass + distribution[j]);
    const mean = Math.fround(mass / width);
    if (before > 0) q[first - 1] += Math.fround(before * mean);
    if (after > 0) q[stop] += Math.fround(after * mean);
    for (let j = first; j < stop; j++) q[j] += mean;
  }
}
