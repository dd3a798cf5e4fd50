import { totalCount, type Histogram } from '../histogram.ts';
import { firstSmallest } from './first-smallest.ts';
import { FractionalMerge, levels } from './fractional-merge.ts';
import type { Threshold, ThresholdMethod } from './method.ts';
import { pairwiseSum } from './pairwise-sum.ts';

/**
 * KL divergence as caffe-int8-convert-tool.py (2018) and caffe-int8-convert-tool-dev.py compute it, to the same bin:
 * after S. Migacz, "8-bit Inference with TensorRT" (GTC 2017), with P's tail added to its last bin, Q made without that
 * tail from 128 groups with fractional edges, and no smoothing.
 */
export const klRelease: ThresholdMethod = {
  description: 'KL divergence as caffe-int8-convert-tool.py has it',
  counted: 'magnitudes',
  isEmpty: (histogram) => totalCount(histogram) === 0,
  choose,
};

function choose(histogram: Histogram): Threshold {
  const { counts, max } = histogram;
  const total = totalCount(histogram);
  const distribution = counts.map((count) => count / total);
  const tails = runningTails(distribution);
  const occupied = Uint8Array.from(counts, (count) => (count === 0 ? 0 : 1));
  const merge = new FractionalMerge(counts, total, occupied, distribution, 0);
  const work = new WorkingMemory(counts.length);
  const bin = firstSmallest({
    from: levels,
    to: counts.length,
    limit: 1000,
    // Q is rounded to float32 twice at most: 1.2e-7 of ΣP = 1.
    margin: 1e-6,
    lowerBound: (i) => merge.lowerBound(i, distribution[i - 1] + tails[i]),
    estimate: (i, limit) => merge.estimate(i, distribution[i - 1] + tails[i], limit),
    exact: (i) => divergence(distribution, i, tails[i], work),
  });
  const threshold = (bin + 0.5) * (max / counts.length);
  return { bin, threshold, scale: 127 / threshold };
}

/** Mass of the bins from i on, by subtraction of one bin after the other as the original has it. */
function runningTails(distribution: Float64Array): Float64Array {
  const tails = new Float64Array(distribution.length);
  let tail = 0;
  for (let i = levels; i < distribution.length; i++) tail += distribution[i];
  for (let i = levels; i < distribution.length; i++) {
    tails[i] = tail;
    tail -= distribution[i];
  }
  return tails;
}

class WorkingMemory {
  readonly expanded: Float32Array;
  readonly terms: Float64Array;

  constructor(bins: number) {
    this.expanded = new Float32Array(bins);
    this.terms = new Float64Array(bins);
  }
}

/** Σ P·log(P / Q) over P ≠ 0, every operation rounded and ordered as in the original: Q in float32, the rest in float64. */
function divergence(distribution: Float64Array, i: number, tail: number, work: WorkingMemory): number {
  const { expanded, terms } = work;
  expandMerged(distribution, i, expanded);
  let count = 0;
  for (let j = 0; j < i; j++) {
    const p = j === i - 1 ? distribution[j] + tail : distribution[j];
    if (p === 0) continue;
    terms[count++] = p * Math.log(p / expanded[j]);
  }
  return pairwiseSum(terms, 0, count);
}

/** Merges the first i bins into 128 groups and spreads each group over its bins that are not empty. */
function expandMerged(distribution: Float64Array, i: number, expanded: Float32Array): void {
  expanded.fill(0, 0, i);
  const width = i / levels;
  for (let group = 0; group < levels; group++) {
    const start = group * width;
    const end = start + width;
    const first = Math.ceil(start);
    const stop = Math.floor(end);
    const before = first - start;
    const after = end - stop;

    let mass = 0;
    let members = 0;
    if (before > 0) {
      mass += before * distribution[first - 1];
      if (distribution[first - 1] !== 0) members += before;
    }
    if (after > 0) {
      mass += after * distribution[stop];
      if (distribution[stop] !== 0) members += after;
    }
    for (let j = first; j < stop; j++) {
      mass += distribution[j];
      if (distribution[j] !== 0) members++;
    }
    if (members === 0) continue;

    const value = mass / members;
    if (before > 0 && distribution[first - 1] !== 0) expanded[first - 1] += value * before;
    if (after > 0 && distribution[stop] !== 0) expanded[stop] += value * after;
    for (let j = first; j < stop; j++) if (distribution[j] !== 0) expanded[j] += value;
  }
}
