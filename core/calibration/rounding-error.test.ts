import { describe, expect, it } from 'vitest';
import { binCount, type Histogram } from './histogram.ts';
import { roundingError } from './rounding-error.ts';

function histogram(max: number, countAt: (share: number) => number): Histogram {
  return { max, counts: Float64Array.from({ length: binCount }, (_, bin) => countAt((bin + 0.5) / binCount)) };
}

describe('the error of int8', () => {
  it('of evenly spread values is that of rounding: a step over the root of 12, over the root of a third', () => {
    const even = histogram(5, () => 1);
    const expected = 1 / 127 / Math.sqrt(12) / Math.sqrt(1 / 3);
    expect(roundingError(even, 5) / expected).toBeCloseTo(1, 1);
  });

  it('counts what is clipped by how far it lies beyond the threshold', () => {
    const far = histogram(1, (share) => (share > 1 - 1 / binCount ? 1 : 0));
    expect(roundingError(far, 0.5)).toBeCloseTo(0.5, 3);
    expect(roundingError(far, 1)).toBeLessThan(0.001);
    // Clipping a little from very many costs next to nothing.
    const full = histogram(1, (share) => (share > 0.99 ? 100 : 1));
    expect(roundingError(full, 0.99)).toBeLessThan(0.01);
  });

  it('does not depend on the unit of the values, and is 0 where there are none', () => {
    const shape = (share: number): number => Math.round(1000 * Math.exp(-5 * share));
    expect(roundingError(histogram(8, shape), 6)).toBeCloseTo(roundingError(histogram(0.01, shape), 0.0075), 12);
    expect(
      roundingError(
        histogram(1, () => 0),
        1,
      ),
    ).toBe(0);
  });
});
