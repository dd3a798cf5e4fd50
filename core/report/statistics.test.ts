import { describe, expect, it } from 'vitest';
import { medianRange, quantile, summarise } from './statistics.ts';

describe('summarise', () => {
  it("agrees with numpy's percentiles of the same numbers", () => {
    // numpy.percentile([15, 20, 35, 40, 50, 7, 11, 100], [50, 90, 95, 99])
    const summary = summarise([15, 20, 35, 40, 50, 7, 11, 100]);
    expect(summary.medianNs).toBeCloseTo(27.5, 10);
    expect(summary.p90Ns).toBeCloseTo(65, 10);
    expect(summary.p95Ns).toBeCloseTo(82.5, 10);
    expect(summary.p99Ns).toBeCloseTo(96.5, 10);
    expect(summary.meanNs).toBeCloseTo(34.75, 10);
    // numpy.std(..., ddof=1)
    expect(summary.standardDeviationNs).toBeCloseTo(30.37738820711, 8);
    expect(summary.medianAbsoluteDeviationNs).toBeCloseTo(14.5, 10);
    expect(summary.perSecond).toBeCloseTo(1e9 / 34.75, 3);
  });

  it('takes a single value', () => {
    const summary = summarise([5]);
    expect(summary).toMatchObject({ minNs: 5, maxNs: 5, medianNs: 5, p99Ns: 5, standardDeviationNs: 0 });
  });

  it('does not change the list that it is given', () => {
    const samples = [3, 1, 2];
    summarise(samples);
    expect(samples).toEqual([3, 1, 2]);
  });

  it('refuses an empty list', () => {
    expect(() => summarise([])).toThrow(RangeError);
  });
});

describe('quantile', () => {
  it('gives the ends at 0 and 1', () => {
    expect(quantile([1, 2, 9], 0)).toBe(1);
    expect(quantile([1, 2, 9], 1)).toBe(9);
  });
});

describe('medianRange', () => {
  it('covers the true median of a known distribution about 95 times in 100', () => {
    let state = 1;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    let covered = 0;
    const trials = 1000;
    for (let trial = 0; trial < trials; trial++) {
      const { lowNs, highNs } = medianRange(Array.from({ length: 60 }, random));
      if (lowNs <= 0.5 && highNs >= 0.5) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.93);
    expect(covered / trials).toBeLessThan(0.99);
  });
});
