import { describe, expect, it } from 'vitest';
import { randomSource } from '../common/random.ts';
import { CountingMemory } from './counting/kernel-memory.ts';
import { FineHistogram } from './fine-histogram.ts';
import type { Fineness } from './fine-outline.ts';
import type { CountedValues, Histogram } from './histogram.ts';
import { countAbsolute } from './methods/count-absolute.ts';
import { countPositive } from './methods/count-positive.ts';

/** Inputs whose range grows and shrinks: signed, heavy tails, exact zeros of both signs, tiny values. */
function inputs(count: number, signed = true): readonly Float32Array[] {
  const random = randomSource(count);
  return Array.from({ length: count }, (_, index) =>
    Float32Array.from({ length: 2997 }, (_, i) => {
      if (i % 7 === 0) return i % 14 === 0 ? 0 : -0;
      const sign = signed && random() < 0.4 ? -1 : 1;
      return sign * random() ** 6 * 2 ** ((index * 5) % 9) * (i % 11 === 0 ? 1e-7 : 1);
    }),
  );
}

/** All are counted in bins, from the first on. */
const binned: Fineness = { bits: 16, mostKept: 0 };
/** The first of the inputs are kept, then all are counted. */
const mixed: Fineness = { bits: 16, mostKept: 10_000 };

function collected(parts: readonly Float32Array[], fineness?: Fineness): FineHistogram {
  const histogram = new FineHistogram(fineness);
  for (const values of parts) histogram.add(values);
  return histogram;
}

function inTwoPasses(parts: readonly Float32Array[], counted: CountedValues): Histogram {
  const max = parts.flatMap((part) => [...part]).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const counts = new Float64Array(2048);
  for (const part of parts) (counted === 'magnitudes' ? countAbsolute : countPositive)(part, max, counts);
  return { max, counts };
}

/** The rule for many values, with the range known: each value's bin by division, bins sorted by their lower edges. */
function byTheRule(parts: readonly Float32Array[], counted: CountedValues): Float64Array {
  const values = parts.flatMap((part) => [...part]).filter((v) => (counted === 'magnitudes' ? v !== 0 : v >= 0));
  const all = parts.flatMap((part) => [...part]);
  const max = all.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const width = 2 ** (Math.floor(Math.log2(max)) + 1) / 2 ** 16;
  const bins = new Map<number, { lower: number; upper: number; count: number }>();
  for (const value of values.map(Math.abs)) {
    const lower = Math.floor(value / width) * width;
    const bin = bins.get(lower) ?? { lower, upper: lower + width, count: 0 };
    bin.count++;
    bins.set(lower, bin);
  }
  const sorted = [...bins.values()].sort((a, b) => a.lower - b.lower);
  const belowEdge = (edge: number): number =>
    sorted.reduce((sum, { lower, upper, count }, i) => {
      const isAlone = sorted.at(i + 1)?.lower !== upper && (i === 0 || sorted[i - 1].upper !== lower);
      if (isAlone) return sum + ((lower + upper) / 2 < edge ? count : 0);
      if (upper <= edge) return sum + count;
      return sum + (lower < edge ? Math.round((count * (edge - lower)) / (upper - lower)) : 0);
    }, 0);
  const below = Array.from({ length: 2049 }, (_, bin) =>
    bin === 2048 ? values.length : bin === 0 ? 0 : belowEdge((bin * max) / 2048),
  );
  return Float64Array.from({ length: 2048 }, (_, bin) => below[bin + 1] - below[bin]);
}

describe.each(['magnitudes', 'not-negative'] as const)('one pass over %s', (counted) => {
  it.each([true, false])('is the two-pass result, count for count, while values are few (signed: %s)', (signed) => {
    const parts = inputs(12, signed);
    expect(collected(parts).histogram(counted)).toEqual(inTwoPasses(parts, counted));
  });

  it.each([
    [true, binned],
    [false, binned],
    [true, mixed],
    [false, mixed],
  ])('is what the rule says of many, bin for bin (signed: %s, %j)', (signed, fineness) => {
    const parts = inputs(5, signed);
    expect(collected(parts, fineness).histogram(counted).counts).toEqual(byTheRule(parts, counted));
  });

  it.each([binned, mixed])('does not depend on the order, nor on how inputs are shared out (%j)', (fineness) => {
    const parts = inputs(9);
    const whole = collected(parts, fineness).histogram(counted);
    expect(collected(parts.toReversed(), fineness).histogram(counted)).toEqual(whole);
    for (const cut of [0, 4, 9]) {
      const left = collected(parts.slice(0, cut), fineness);
      const right = collected(parts.slice(cut), fineness);
      left.merge(FineHistogram.fromState(structuredClone(right.state())));
      expect(left.histogram(counted)).toEqual(whole);
      expect(left.range).toEqual(collected(parts, fineness).range);
    }
  });

  it('moves hardly a value across an edge against counting with the range known', () => {
    const parts = inputs(12);
    const { counts } = collected(parts, binned).histogram(counted);
    const known = inTwoPasses(parts, counted).counts;
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

it('is not changed by others that use its memory after it', () => {
  const fineness: Fineness = { bits: 16, mostKept: 300_000 };
  const memory = new CountingMemory();
  const [first, second] = [120, 119].map((count) => {
    const parts = Array.from({ length: 2 }, () => inputs(count)).flat();
    const histogram = new FineHistogram(fineness, memory);
    for (const values of parts) histogram.add(values);
    return { histogram, alone: collected(parts, fineness) };
  });
  const few = inputs(90);
  const third = new FineHistogram(fineness, memory);
  for (const values of few) third.add(values);
  expect(memory.spareParts.length).toBeGreaterThan(0);
  for (const { histogram, alone } of [first, second, { histogram: third, alone: collected(few, fineness) }]) {
    expect(histogram.histogram('magnitudes')).toEqual(alone.histogram('magnitudes'));
  }
});

it('counts beyond 32 bits', () => {
  const { counted, ...rest } = collected([Float32Array.of(1)], binned).state();
  if (counted === undefined) throw new Error('it was kept');
  const positive = { lower: counted.positive.lower, upper: new Uint32Array(counted.positive.lower.length) };
  positive.upper[positive.upper.length - 1] = 2 ** 30;
  const many = { ...rest, counted: { ...counted, positive } };
  const histogram = FineHistogram.fromState(structuredClone(many));
  histogram.add(new Float32Array(1000).fill(1));
  expect(histogram.histogram('magnitudes').counts[2047]).toBe(2 ** 38 + 1001);
  expect(FineHistogram.fromState(histogram.state()).histogram('magnitudes').counts[2047]).toBe(2 ** 38 + 1001);
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
