import { describe, expect, it } from 'vitest';
import { randomSource } from '../common/random.ts';
import {
  quantise,
  requantise,
  roundAwayFromZero,
  roundingDoublingHighMultiply,
  roundingShiftRight,
  saturatingLeftShift,
} from './arithmetic.ts';

const INT32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n };

/** The formulas of docs/architecture.md in integers without bound. */
function requantiseExactly(acc: number, m: number, s: number, l: number, low: number, high: number): number {
  const shifted = BigInt(acc) << BigInt(l);
  const a = shifted < INT32.min ? INT32.min : shifted > INT32.max ? INT32.max : shifted;
  const t = (2n * a * (BigInt(m) << 16n) + 2n ** 31n) >> 32n;
  const y = (t + (s > 0 ? 1n << BigInt(s - 1) : 0n)) >> BigInt(s);
  return Number(y < BigInt(low) ? BigInt(low) : y > BigInt(high) ? BigInt(high) : y);
}

const accumulators = [
  0,
  1,
  -1,
  2,
  -2,
  127,
  -127,
  16384,
  -16384,
  2 ** 30,
  -(2 ** 30),
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31 - 2,
];
const multipliers = [16384, 16385, 20000, 32766, 32767, -16384, -32767, 1, 0];

describe('requantise', () => {
  it('equals the formula in unbounded integers at the extremes', () => {
    for (const acc of accumulators) {
      for (const m of multipliers) {
        for (let s = 0; s <= 31; s += 1) {
          expect(requantise(acc, m, s, 0, -127, 127), `${acc} ${m} ${s}`).toBe(
            requantiseExactly(acc, m, s, 0, -127, 127),
          );
        }
        for (let l = 1; l <= 31; l += 1) {
          expect(requantise(acc, m, 0, l, 0, 127), `${acc} ${m} l ${l}`).toBe(requantiseExactly(acc, m, 0, l, 0, 127));
        }
      }
    }
  });

  it('equals it on random operands, before the clamp too', () => {
    const random = randomSource(1);
    for (let i = 0; i < 50_000; i += 1) {
      const acc = Math.floor((random() * 2 - 1) * 2 ** (1 + Math.floor(random() * 31)));
      const m = 16384 + Math.floor(random() * 16384);
      const s = Math.floor(random() * 32);
      const l = s === 0 ? Math.floor(random() * 32) : 0;
      const wide = 2 ** 40;
      expect(requantise(acc, m, s, l, -wide, wide)).toBe(requantiseExactly(acc, m, s, l, -wide, wide));
    }
  });

  it('rounds half up', () => {
    expect(roundingShiftRight(1, 1)).toBe(1);
    expect(roundingShiftRight(-1, 1)).toBe(0);
    expect(roundingShiftRight(-3, 1)).toBe(-1);
    expect(roundingDoublingHighMultiply(1, 16384)).toBe(1);
    expect(roundingDoublingHighMultiply(-1, 16384)).toBe(0);
  });

  it('saturates the left shift', () => {
    expect(saturatingLeftShift(2 ** 30, 1)).toBe(2 ** 31 - 1);
    expect(saturatingLeftShift(-(2 ** 30), 1)).toBe(-(2 ** 31));
    expect(saturatingLeftShift(-(2 ** 31), 31)).toBe(-(2 ** 31));
  });
});

describe('quantise', () => {
  it('rounds half away from zero and clamps to [-127, 127]', () => {
    expect([0.5, -0.5, 1.5, -1.5, 2.49, -2.49].map((x) => quantise(x, 1))).toEqual([1, -1, 2, -2, 2, -2]);
    expect([1000, -1000, Infinity, -Infinity, NaN, -0.1].map((x) => quantise(x, 1))).toEqual([
      127, -127, 127, -127, 0, 0,
    ]);
  });

  it('rounds product and sum to float32', () => {
    // 0.49999997 + 0.5 is 1 in float32, though below 1 in real numbers.
    expect(quantise(Math.fround(0.49999997), 1)).toBe(1);
    const random = randomSource(2);
    for (let i = 0; i < 10_000; i += 1) {
      const x = Math.fround((random() - 0.5) * 20);
      const scale = Math.fround(random() * 12);
      const v = new Float32Array([x * scale]);
      const sum = new Float32Array([v[0] + (v[0] < 0 ? -0.5 : 0.5)]);
      expect(quantise(x, scale)).toBe(Math.max(-127, Math.min(127, Math.trunc(sum[0]))) | 0);
    }
  });
});

it('rounds reals away from zero', () => {
  expect([2.5, -2.5, 0.49, -0.49].map((v) => roundAwayFromZero(v) + 0)).toEqual([3, -3, 0, 0]);
});
