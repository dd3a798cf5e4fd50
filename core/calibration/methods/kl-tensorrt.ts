import { totalCount, type Histogram } from '../histogram.ts';
import { levels } from './fractional-merge.ts';
import type { Threshold, ThresholdMethod } from './method.ts';

/**
 * KL divergence as TensorRT's entropy calibration describes it: S. Migacz, "8-bit inference with TensorRT" (GTC 2017,
 * slides 37 to 40). For i from 128 on: P is the first i bins with the sum of the others added to its last; Q is the
 * first i bins without that, merged into 128 levels, each level's mass spread evenly over its bins that are not empty;
 * both are normalised; the i with the first smallest Σ P·log(P / Q) wins.
 *
 * Where i is not a multiple of 128, bin j belongs to level floor(128 j / i), as in NVIDIA's published tools; the slides do
 * not say. Zeros are left out of the histogram. A bin that P has and Q has not makes a divergence infinite.
 */
export const klTensorRt: ThresholdMethod = {
  description: 'KL divergence as TensorRT describes it',
  counted: 'magnitudes',
  isEmpty: (histogram) => totalCount(histogram) === 0,
  choose,
};

function choose({ counts, max }: Histogram): Threshold {
  const sums = new RunningSums(counts);
  let bin = counts.length;
  let smallest = Infinity;
  for (let i = levels; i <= counts.length; i++) {
    const divergence = sums.divergence(i);
    if (divergence < smallest) {
      smallest = divergence;
      bin = i;
    }
  }
  const threshold = (Math.min(bin + 0.5, counts.length) * max) / counts.length;
  return { bin, threshold, scale: 127 / threshold };
}

/** Q is constant within a level, so a divergence needs one logarithm a level: the rest are running sums. */
class RunningSums {
  private readonly mass: Float64Array;
  private readonly occupied: Int32Array;
  private readonly entropy: Float64Array;

  constructor(private readonly counts: Float64Array) {
    this.mass = new Float64Array(counts.length + 1);
    this.occupied = new Int32Array(counts.length + 1);
    this.entropy = new Float64Array(counts.length + 1);
    counts.forEach((count, bin) => {
      this.mass[bin + 1] = this.mass[bin] + count;
      this.occupied[bin + 1] = this.occupied[bin] + (count === 0 ? 0 : 1);
      this.entropy[bin + 1] = this.entropy[bin] + (count === 0 ? 0 : count * Math.log(count));
    });
  }

  /** With N = Σ P and K = Σ Q before normalisation: (Σ P·log P - Σ P·log Q) / N - log N + log K. */
  divergence(i: number): number {
    const { mass, occupied, entropy, counts } = this;
    const total = mass[counts.length];
    const kept = mass[i];
    if (kept === 0) return Infinity;
    const outliers = total - kept;
    const last = counts[i - 1];
    if (last === 0 && outliers > 0) return Infinity;
    let cross = 0;
    let value = 0;
    for (let level = 0, from = 0; level < levels; level++) {
      const to = Math.ceil(((level + 1) * i) / levels);
      const levelMass = mass[to] - mass[from];
      if (levelMass > 0) {
        value = levelMass / (occupied[to] - occupied[from]);
        cross += levelMass * Math.log(value);
      }
      from = to;
    }
    let own = entropy[i];
    if (outliers > 0) {
      cross += outliers * Math.log(value);
      own += (last + outliers) * Math.log(last + outliers) - last * Math.log(last);
    }
    return (own - cross) / total - Math.log(total) + Math.log(kept);
  }
}
