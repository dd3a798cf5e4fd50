import { describe, expect, it } from 'vitest';
import { randomSource } from '../common/random.ts';
import { FineHistogram } from './fine-histogram.ts';
import { countAbsolute } from './methods/count-absolute.ts';
import { countPositive } from './methods/count-positive.ts';

/** Inputs whose range grows and shrinks: signed, heavy tails, exact zeros of both signs, tiny values. */
function inputs(count: number, signed = true): readonly Float32Array[] {
  const random = randomSource(count);
  return Array.from({ length: count }, (_, index) =>
    Float32Array.from({ length: 3000 }, (_, i) => {
      if (i % 7 === 0) return i % 14 === 0 ? 0 : -0;
      const sign = signed && random() < 0.4 ? -1 : 1;
      return sign * random() ** 6 * 2 ** ((index * 5) % 9) * (i % 11 === 0 ? 1e-7 : 1);
    }),
  );
}

function collected(parts: readonly Float32Array[]): FineHistogram {
  const histogram = new FineHistogram();
  for (const values of parts) histogram.add(values);
  return histogram;
}

/** The rule in two passes: the power of two above all, then every value by itself. */
function inTwoPasses(parts: readonly Float32Array[], counted: 'magnitudes' | 'not-negative'): Float64Array {
  const values = parts.flatMap((part) => [...part]);
  const max = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const top = 2 ** (Math.floor(Math.log2(max)) + 1);
  const fine = new Float64Array(2 ** 18 + 1);
  for (const value of values) {
    if (counted === 'magnitudes' ? value === 0 : value < 0) continue;
    fine[Math.floor((Math.abs(value) * 2 ** 18) / top)]++;
  }
  const isAlone = (i: number): boolean => (i === 0 || fine[i - 1] === 0) && fine[i + 1] === 0;
  const before = new Float64Array(fine.length);
  for (let i = 1; i < fine.length; i++) before[i] = before[i - 1] + fine[i - 1];
  const belowEdge = (edge: number): number => {
    const i = Math.floor(edge);
    if (isAlone(i)) return before[i] + (i + 0.5 < edge ? fine[i] : 0);
    return before[i] + Math.round(fine[i] * (edge - i));
  };
  const below = Array.from({ length: 2049 }, (_, bin) =>
    bin === 2048 ? fine.reduce((sum, count) => sum + count) : belowEdge((bin * max * 2 ** 18) / top / 2048),
  );
  return Float64Array.from({ length: 2048 }, (_, bin) => below[bin + 1] - below[bin]);
}

describe.each(['magnitudes', 'not-negative'] as const)('one pass over %s', (counted) => {
  it.each([true, false])('is the two-pass result after the rule, bin for bin (signed: %s)', (signed) => {
    const parts = inputs(12, signed);
    expect(collected(parts).histogram(counted).counts).toEqual(inTwoPasses(parts, counted));
  });

  it('does not depend on the order, nor on how inputs are shared out', () => {
    const parts = inputs(9);
    const whole = collected(parts).histogram(counted);
    expect(collected(parts.toReversed()).histogram(counted)).toEqual(whole);
    for (const cut of [0, 1, 4, 8, 9]) {
      const left = collected(parts.slice(0, cut));
      left.merge(collected(parts.slice(cut)));
      expect(left.histogram(counted)).toEqual(whole);
    }
  });

  it('moves hardly a value across an edge against counting with the range known', () => {
    const parts = inputs(12);
    const { max, counts } = collected(parts).histogram(counted);
    const known = new Float64Array(2048);
    for (const part of parts) (counted === 'magnitudes' ? countAbsolute : countPositive)(part, max, known);
    expect(counts.reduce((a, b) => a + b)).toBe(known.reduce((a, b) => a + b));
    const running = { one: 0, two: 0, moved: 0 };
    counts.forEach((count, bin) => {
      running.one += count;
      running.two += known[bin];
      running.moved += Math.abs(running.one - running.two);
    });
    expect(running.moved / running.one).toBeLessThan(1 / 64);
  });
});

describe('a blob that says nothing', () => {
  it('has an empty histogram where all is 0, and none that is not finite', () => {
    const zero = collected([new Float32Array(10), Float32Array.of(-0)]);
    expect(zero.histogram('not-negative')).toEqual({ max: 0, counts: new Float64Array(2048) });
    const bad = collected([Float32Array.of(1, NaN, Infinity)]);
    expect(bad.range.notFinite).toBe(2);
  });

  it('takes the smallest and largest floats', () => {
    const { max, counts } = collected([Float32Array.of(1e-45, 1e-38)]).histogram('magnitudes');
    expect([max, counts.reduce((a, b) => a + b)]).toEqual([Math.fround(1e-38), 2]);
    const large = collected([Float32Array.of(3.4e38, 1)]).histogram('magnitudes');
    expect([large.counts[0], large.counts[2047]]).toEqual([1, 1]);
  });
});
