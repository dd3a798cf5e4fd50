import { describe, expect, it } from 'vitest';
import { sampleLatencies } from '../report.fixture.ts';
import { latencyBins, neighbourPercentiles, thinned } from './latencies.ts';

describe('points', () => {
  it('are thinned with their extremes kept', () => {
    const samples = Array.from({ length: 10_000 }, (_, index) => (index === 5000 ? 99 : 1 + (index % 7) / 10));
    const kept = thinned(samples);
    expect(kept.length).toBeLessThanOrEqual(1002);
    expect(kept).toContainEqual([5000, 99]);
  });
});

describe('bins', () => {
  const counted = (samples: readonly number[]) => {
    const { bins, beyond } = latencyBins(samples);
    return bins.reduce((sum, { count }) => sum + count, beyond);
  };

  it('count every value, also where all are alike', () => {
    expect(counted([5, 5, 5])).toBe(3);
    expect(counted([5])).toBe(1);
    expect(counted(sampleLatencies(1000, 2e6))).toBe(1000);
  });

  it('are not pressed together by one slow run of many', () => {
    const samples = Array.from({ length: 200 }, (_, index) => 100 + (index % 20));
    const { bins, beyond } = latencyBins([...samples, 1e6]);
    expect(bins.at(-1)?.to).toBeLessThan(130);
    expect(beyond).toBeGreaterThan(0);
    expect(bins.filter(({ count }) => count > 0).length).toBeGreaterThan(3);
  });
});

describe('percentiles of neighbours', () => {
  it('follow a board that becomes slower', () => {
    const samples = Array.from({ length: 240 }, (_, run) => (run < 120 ? 100 : 200) + (run % 12));
    const groups = neighbourPercentiles(samples);
    expect(groups[0]).toEqual({ from: 0, to: 12, p10: 101.1, median: 105.5, p90: 109.9 });
    expect(groups.at(-1)).toMatchObject({ to: 240, median: 205.5 });
    // Without a gap and without a run in two groups.
    groups.slice(1).forEach(({ from }, index) => {
      expect(from).toBe(groups[index].to);
    });
  });

  it('are none where each group would be a handful', () => {
    expect(neighbourPercentiles(sampleLatencies(40, 2e6))).toEqual([]);
    expect(neighbourPercentiles(sampleLatencies(100_000, 2e6))).toHaveLength(40);
  });
});
