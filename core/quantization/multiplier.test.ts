import { describe, expect, it } from 'vitest';
import { requantise } from './arithmetic.ts';
import { fixedPointMultiplier, multiplierValue } from './multiplier.ts';
import { randomSource } from '../common/random.ts';

describe('fixedPointMultiplier', () => {
  it('is normalised and within 2^-15 of the factor', () => {
    const random = randomSource(3);
    for (let i = 0; i < 20_000; i += 1) {
      const factor = (random() < 0.3 ? -1 : 1) * 2 ** (random() * 62 - 31.5);
      const form = fixedPointMultiplier(factor);
      const m = Math.abs(form.multiplier);
      expect(m).toBeGreaterThanOrEqual(2 ** 14);
      expect(m).toBeLessThan(2 ** 15);
      expect(form.leftShift > 0 && form.rightShift > 0).toBe(false);
      expect(form.rightShift).toBeLessThanOrEqual(31);
      expect(form.leftShift).toBeLessThanOrEqual(31);
      expect(Math.abs(multiplierValue(form) / factor - 1)).toBeLessThanOrEqual(2 ** -15);
    }
  });

  it.each([
    [1, 16384, 0, 1],
    [0.5, 16384, 0, 0],
    [0.25, 16384, 1, 0],
    [0.999999, 16384, 0, 1],
    [1 - 2 ** -15, 32767, 0, 0],
    [2 ** -32, 16384, 31, 0],
    [0.75, 24576, 0, 0],
  ])('%f is %i, right %i, left %i', (factor, multiplier, rightShift, leftShift) => {
    expect(fixedPointMultiplier(factor)).toEqual({ multiplier, rightShift, leftShift });
  });

  it('keeps the meaning of factors beyond its range', () => {
    for (const factor of [0, 2 ** -40, 1e-300]) {
      const tiny = fixedPointMultiplier(factor);
      for (const acc of [2 ** 30, -(2 ** 31), 1, -1, 2 ** 31 - 2]) {
        expect(requantise(acc, tiny.multiplier, tiny.rightShift, tiny.leftShift, -127, 127) + 0).toBe(0);
      }
    }
    const huge = fixedPointMultiplier(1e30);
    expect(requantise(1, huge.multiplier, huge.rightShift, huge.leftShift, -127, 127)).toBe(127);
    expect(requantise(-1, huge.multiplier, huge.rightShift, huge.leftShift, -127, 127)).toBe(-127);
    expect(() => fixedPointMultiplier(NaN)).toThrow(RangeError);
    expect(() => fixedPointMultiplier(Infinity)).toThrow(RangeError);
  });
});
