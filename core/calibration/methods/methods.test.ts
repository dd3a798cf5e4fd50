import { describe, expect, it } from 'vitest';
import { emptyHistogram, type Histogram } from '../histogram.ts';
import { aciq } from './aciq.ts';
import { countAbsolute } from './count-absolute.ts';
import { commonMethods } from './index.ts';
import { eq } from './eq.ts';
import { klNcnn } from './kl-ncnn.ts';
import { klTensorRt } from './kl-tensorrt.ts';
import { minMax } from './min-max.ts';
import { mse } from './mse.ts';
import { percentile } from './percentile.ts';
import { syntheticHistograms } from './synthetic.testing.ts';

function histogramOf(values: readonly number[]): Histogram {
  const histogram = emptyHistogram(Math.max(...values.map(Math.abs)));
  countAbsolute(Float32Array.from(values), histogram.max, histogram.counts);
  return histogram;
}

/** 10000 values evenly over (0, 1], and one outlier at 64. */
const withOutlier = histogramOf([...Array.from({ length: 10_000 }, (_, i) => (i + 1) / 10_000), 64]);

describe('methods that are the same in every format', () => {
  it('give a finite scale that is 127 / threshold on every shape of histogram', () => {
    for (const { name, histogram } of syntheticHistograms()) {
      for (const [method, { choose }] of Object.entries(commonMethods)) {
        const { threshold, scale, bin } = choose(histogram, 1000);
        expect(threshold, `${method}: ${name}`).toBeGreaterThan(0);
        expect(scale * threshold, `${method}: ${name}`).toBeCloseTo(127, 3);
        expect(bin, `${method}: ${name}`).toBeLessThanOrEqual(2048);
      }
    }
  });

  it('know an empty histogram', () => {
    for (const method of Object.values(commonMethods)) expect(method.isEmpty(emptyHistogram(1))).toBe(true);
  });

  it('min-max keeps everything', () => {
    expect(minMax.choose(withOutlier)).toEqual({ bin: 2048, threshold: 64, scale: 127 / 64 });
  });

  it('percentile leaves out one value in 10000, to the edge of a bin', () => {
    // One bin is 1/32 wide: all values up to 1 lie in the first 33, and 9999.9 are wanted.
    expect(percentile.choose(withOutlier).threshold).toBe(33 / 32);
    expect(percentile.choose(histogramOf([1, 2, 3])).threshold).toBe(3);
  });

  it('MSE finds the smallest error of all edges, computed value by value', () => {
    for (const { name, histogram } of syntheticHistograms().filter((_, index) => index % 5 === 0)) {
      const { counts, max } = histogram;
      const width = max / 2048;
      const error = (threshold: number): number =>
        counts.reduce((sum, count, bin) => {
          const value = (bin + 0.5) * width;
          const level = Math.min(127, Math.round((value * 127) / threshold));
          return sum + count * (value - (level * threshold) / 127) ** 2;
        }, 0);
      const errors = Array.from({ length: 2048 - 127 }, (_, i) => error((128 + i) * width));
      const chosen = mse.choose(histogram);
      expect(error(chosen.threshold), name).toBeLessThanOrEqual(Math.min(...errors) * (1 + 1e-9));
    }
  });

  it('ACIQ computes what ncnn2table does', () => {
    // By hand: 0.175 * (1 + sqrt(pi * ln 4)) = 0.540206; * 2 / sqrt(2 ln 1000) = 0.290673; * 3.92403714.
    expect(aciq.choose({ max: 2, counts: new Float64Array(2048) }, 1000).threshold).toBeCloseTo(2 * 1.14061, 4);
    expect(aciq.weightThreshold?.(1, 1000, 127)).toBeCloseTo(1.14061, 4);
    expect(aciq.weightThreshold?.(1, 1000, 31)).toBeCloseTo(0.955415, 4);
    expect(aciq.weightThreshold?.(3, 1, 127)).toBe(3);
  });

  it('EQ stays within a factor of two of KL, at no smaller similarity', () => {
    for (const { name, histogram } of syntheticHistograms()) {
      const kl = klNcnn.choose(histogram).scale;
      const { scale } = eq.choose(histogram);
      expect(scale / kl, name).toBeGreaterThanOrEqual(0.4999);
      expect(scale / kl, name).toBeLessThanOrEqual(2.0001);
      expect(similarity(histogram, scale), name).toBeGreaterThanOrEqual(similarity(histogram, kl) - 1e-4);
    }
  });

  it('KL of TensorRT equals its description computed in full', () => {
    for (const { name, histogram } of syntheticHistograms().filter((_, index) => index % 3 === 0)) {
      const { bin } = klTensorRt.choose(histogram);
      const others = [-2, -1, 1, 2, ...Array.from({ length: 20 }, (_, i) => 128 + i * 96 - bin)].map((by) => bin + by);
      const smallest = Math.min(...others.filter((i) => i >= 128 && i <= 2048).map((i) => divergence(histogram, i)));
      expect(divergence(histogram, bin), name).toBeLessThanOrEqual(smallest + 1e-12);
    }
  });
});

function similarity({ counts, max }: Histogram, scale: number): number {
  let [both, before, after] = [0, 0, 0];
  counts.forEach((count, bin) => {
    const value = ((bin + 0.5) * max) / 2048;
    const int8 = Math.min(127, Math.round(value * scale)) / scale;
    both += count * value * int8;
    before += count * value * value;
    after += count * int8 * int8;
  });
  return both / Math.sqrt(before * after);
}

function divergence({ counts }: Histogram, i: number): number {
  const p = counts.slice(0, i);
  p[i - 1] += counts.subarray(i).reduce((a, b) => a + b, 0);
  const q = new Float64Array(i);
  const levels = Array.from({ length: 128 }, (): number[] => []);
  for (const bin of q.keys()) if (counts[bin] > 0) levels[Math.floor((bin * 128) / i)].push(bin);
  for (let level = 0; level < 128; level++) {
    const bins = levels[level];
    const mass = bins.reduce((sum, bin) => sum + counts[bin], 0);
    for (const bin of bins) q[bin] = mass / bins.length;
  }
  const [sumP, sumQ] = [p, q].map((values) => values.reduce((a, b) => a + b, 0));
  return p.reduce((sum, value, bin) => {
    if (value === 0) return sum;
    return q[bin] === 0 ? Infinity : sum + (value / sumP) * Math.log(value / sumP / (q[bin] / sumQ));
  }, 0);
}
