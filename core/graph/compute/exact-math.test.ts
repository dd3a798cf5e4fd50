import { describe, expect, it } from 'vitest';
import { randomSource } from '../../common/random.ts';
import { exp, log, power } from './exact-math.ts';

const random = randomSource(1);

function expectClose(got: number, wanted: number, relative: number): void {
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(relative * Math.abs(wanted));
}

describe('exp and log', () => {
  it('are those of mathematics to a few of their last bits', () => {
    for (let round = 0; round < 20_000; round += 1) {
      const x = (2 * random() - 1) * 10 ** (5 * random() - 2);
      if (Math.abs(x) < 690) expectClose(exp(x), Math.exp(x), 4e-15);
      const positive = 2 ** ((2 * random() - 1) * 120);
      expect(Math.abs(log(positive) - Math.log(positive))).toBeLessThanOrEqual(
        2e-15 * Math.max(1, Math.abs(Math.log(positive))),
      );
    }
    expect(exp(0)).toBe(1);
    expect(log(1)).toBe(0);
  });

  it('end as said', () => {
    expect(exp(-701)).toBe(0);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(1e9)).toBe(exp(700));
    expect(Math.fround(exp(Infinity))).toBe(Infinity);
    expect(exp(NaN)).toBeNaN();
    expect(log(0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(Infinity)).toBe(Infinity);
    expect(log(NaN)).toBeNaN();
    expectClose(log(5e-324), Math.log(5e-324), 1e-15);
  });
});

describe('power', () => {
  it('multiplies for small whole exponents, negative bases included', () => {
    expect(power(-3, 3)).toBe(-27);
    expect(power(2, -2)).toBe(0.25);
    expect(power(0, 0)).toBe(1);
    expect(power(7, 1)).toBe(7);
  });

  it('takes roots for a half and three quarters, and else goes by logarithms', () => {
    expect(power(9, 0.5)).toBe(3);
    expect(power(16, 0.75)).toBe(8);
    expectClose(power(3, 1.3), 3 ** 1.3, 1e-14);
    expect(power(0, 1.3)).toBe(0);
    expect(power(-1, 1.3)).toBeNaN();
  });
});
