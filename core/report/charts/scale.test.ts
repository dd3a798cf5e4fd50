import { describe, expect, it } from 'vitest';
import { durationLabels, linearScale, ticks } from './scale.ts';

describe('labels of ticks', () => {
  it('say the values themselves, not the nearest whole ones', () => {
    expect(durationLabels([1.4e6, 1.6e6])).toEqual(['1.4 ms', '1.6 ms']);
    expect(durationLabels([2.35e6, 2.4e6])).toEqual(['2.35 ms', '2.40 ms']);
    expect(durationLabels([0, 2e6, 4e6])).toEqual(['0 ms', '2 ms', '4 ms']);
    expect(durationLabels([950, 1000])).toEqual(['0.95 µs', '1.00 µs']);
    expect(durationLabels([20e9])).toEqual(['20 s']);
  });
});

describe('ticks', () => {
  it('are round and inside the bounds', () => {
    expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticks(2.31e6, 2.49e6, 4)).toEqual([2.35e6, 2.4e6, 2.45e6]);
    expect(ticks(3, 3)).toEqual([3]);
  });
});

describe('a linear scale', () => {
  it('maps its bounds to the ends, also where they are one', () => {
    expect(linearScale(0, 4, 10, 50).position(2)).toBe(30);
    expect(linearScale(4, 4, 10, 50).position(4)).toBe(10);
  });
});
