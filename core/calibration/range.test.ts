import { describe, expect, it } from 'vitest';
import { absoluteMax, emptyRange, mergeRanges, rangeOf } from './range.ts';

describe('ranges', () => {
  it('hold the smallest and largest finite value, and count the others', () => {
    const values = Float32Array.of(1, NaN, -3, Infinity, 2, -Infinity);
    expect(rangeOf(values)).toEqual({ min: -3, max: 2, count: 6, notFinite: 3 });
    expect(absoluteMax(rangeOf(values))).toBe(3);
  });

  it('merge exactly, the empty one included', () => {
    const [a, b] = [Float32Array.of(1, 5), Float32Array.of(-7, 2, 3)];
    expect(mergeRanges(rangeOf(a), rangeOf(b))).toEqual(rangeOf(Float32Array.of(...a, ...b)));
    expect(mergeRanges(emptyRange, rangeOf(a))).toEqual(rangeOf(a));
    expect(absoluteMax(emptyRange)).toBe(0);
    expect(absoluteMax(rangeOf(new Float32Array(0)))).toBe(0);
  });
});
