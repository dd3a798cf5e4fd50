import { describe, expect, it } from 'vitest';
import type { EltwiseSumOperation } from '../graph/graph.ts';
import { int8Sum } from './eltwise-form.ts';
import { multiplierValue } from './multiplier.ts';
import { averageDivisors } from './pooling-windows.ts';
import { activationBounds, requantisationOf } from './requantisation.ts';
import { missingAddendThreshold } from './sum-range.ts';

describe('bounds of a result', () => {
  it('follow the activation', () => {
    expect(activationBounds({ kind: 'none' }, 3)).toEqual({ low: -127, high: 127 });
    expect(activationBounds({ kind: 'relu' }, 3)).toEqual({ low: 0, high: 127 });
    expect(activationBounds({ kind: 'relu6' }, 10.25)).toEqual({ low: 0, high: 62 });
    expect(activationBounds({ kind: 'relu6' }, 40)).toEqual({ low: 0, high: 127 });
    expect(activationBounds({ kind: 'none' }, 3, -90)).toEqual({ low: -127, high: 127 });
    expect(activationBounds({ kind: 'relu' }, 3, -90)).toEqual({ low: -90, high: 127 });
    expect(activationBounds({ kind: 'relu6' }, 10.25, -90)).toEqual({ low: -90, high: -28 });
  });
});

describe('requantisationOf', () => {
  it('has a second multiplier per channel for a PReLU, of its slope, whatever its sign', () => {
    const slopes = Float32Array.from([0.25, -0.5, 0]);
    const { negative, low } = requantisationOf([0.5, 0.5, 0.5], { kind: 'leaky', slopes }, 1);
    if (negative === undefined) throw new Error('no negative multipliers');
    const values = Array.from(negative.multiplier, (multiplier, index) =>
      multiplierValue({
        multiplier,
        rightShift: negative.rightShift[index],
        leftShift: negative.leftShift[index],
      }),
    );
    expect(values[0]).toBe(0.125);
    expect(values[1]).toBe(-0.25);
    expect(values[2]).toBeLessThanOrEqual(2 ** -32);
    expect(low).toBe(-127);
  });

  it('takes one slope for all', () => {
    const slopes = Float32Array.from([0.5]);
    const { negative } = requantisationOf([0.5, 0.25], { kind: 'leaky', slopes }, 1);
    expect([...(negative?.rightShift ?? [])]).toEqual([1, 2]);
  });
});

function sum(coefficients: readonly number[], relu = false): EltwiseSumOperation {
  const inputs = coefficients.map((_, index) => `in${index}`);
  const activation = { kind: relu ? ('relu' as const) : ('none' as const) };
  return { kind: 'eltwise-sum', layer: 'sum', inputs, output: 'sum', coefficients, activation };
}

describe('int8Sum', () => {
  it('has 16-bit multipliers of one shift with the coefficients folded in', () => {
    const form = int8Sum(sum([1, -0.5], true), [10, 20], 5);
    if (form.kind !== 'int8') throw new Error('not int8');
    expect(form.low).toBe(0);
    const real = Array.from(form.multipliers, (m) => m / 2 ** form.shift);
    expect(real[0]).toBeCloseTo(0.5, 4);
    expect(real[1]).toBeCloseTo(-0.125, 4);
    expect(Math.max(...Array.from(form.multipliers, Math.abs))).toBeGreaterThan(2 ** 14 - 1);
  });

  it('saturates factors beyond 16 bits', () => {
    const form = int8Sum(sum([1, 1]), [1e-6, 1], 1);
    if (form.kind !== 'int8') throw new Error('not int8');
    expect([form.multipliers[0], form.shift]).toEqual([32767, 0]);
  });
});

describe('int8Sum with a constant', () => {
  it('has a bias of the same shift', () => {
    const form = int8Sum({ ...sum([1, 1]), constant: -3.7 }, [10, 20], 5);
    if (form.kind !== 'int8') throw new Error('not int8');
    expect(form.bias / 2 ** form.shift).toBeCloseTo(-3.7 * 5, 3);
  });

  it('shifts less where the bias would not fit, and saturates what fits no shift', () => {
    const small = int8Sum({ ...sum([1, 1]), constant: 90 }, [1e6, 1e6], 1);
    const huge = int8Sum({ ...sum([1, 1]), constant: -1e12 }, [1, 1], 1);
    if (small.kind !== 'int8' || huge.kind !== 'int8') throw new Error('not int8');
    expect(small.bias / 2 ** small.shift).toBeCloseTo(90, 5);
    expect([small.bias < 2 ** 29, small.bias > 2 ** 27]).toEqual([true, true]);
    expect([huge.bias, huge.shift]).toEqual([1 - 2 ** 29, 0]);
  });
});

describe('missingAddendThreshold', () => {
  it('is max(shortcut, output) in a residual block', () => {
    const known = [undefined, { threshold: 4, nonNegative: true }];
    expect(missingAddendThreshold(sum([1, 1], true), known, 3)).toBe(4);
    expect(missingAddendThreshold(sum([1, 1], true), known, 7)).toBe(7);
  });

  it('is the sum of both where nothing has a sign, divided by the coefficient', () => {
    const known = [{ threshold: 4, nonNegative: false }, undefined];
    expect(missingAddendThreshold(sum([1, 2]), known, 3)).toBe(3.5);
  });

  it('is the same for what is stored less an offset', () => {
    // A residual block of values from 0 to 8 and 0 to 6, each less half of it: their sum lacks 4 and has 3 too many.
    const known = [undefined, { threshold: 4, nonNegative: false }];
    const whole = [undefined, { threshold: 8, nonNegative: true }];
    const stored = missingAddendThreshold({ ...sum([1, 1]), constant: 4 - 3 }, known, 3);
    expect(stored).toBe(missingAddendThreshold(sum([1, 1], true), whole, 6));
  });

  it('is such that clamping never changes a kept result', () => {
    for (const [a, out] of [
      [4, 3],
      [1, 9],
    ]) {
      const threshold = missingAddendThreshold(
        sum([1, 1], true),
        [undefined, { threshold: a, nonNegative: true }],
        out,
      );
      const keep = (value: number): number => Math.min(out, Math.max(0, value));
      for (let b = -20; b <= 20; b += 0.25) {
        const clamped = Math.min(threshold, Math.max(-threshold, b));
        for (let x = 0; x <= a; x += 0.25) expect(keep(x + clamped)).toBe(keep(x + b));
      }
    }
  });
});

describe('averageDivisors', () => {
  it('counts the padded area, clipped at the far border, as Caffe does', () => {
    const geometry = {
      kernel: { height: 3, width: 3 },
      stride: { height: 2, width: 2 },
      pad: { height: 1, width: 1 },
    };
    // Rows start at -1, 1, 3 of 4 rows and end at 2, 4, 5 (4 + 1): 3, 3 and 2 of them count.
    expect([...averageDivisors(geometry, [1, 1, 4, 4], [1, 1, 3, 3])]).toEqual([4, 6, 9]);
    expect([...averageDivisors({ ...geometry, pad: { height: 0, width: 0 } }, [1, 1, 5, 5], [1, 1, 2, 2])]).toEqual([
      9,
    ]);
  });
});
