import { describe, expect, it } from 'vitest';
import { floatsToHalves, halfToNumber, roundToHalves } from './half.ts';
import { randomSource } from './random.ts';

const half = (value: number): number => floatsToHalves(Float32Array.of(value))[0];

describe('floatsToHalves', () => {
  it('brings every half back, but for the kinds of NaN', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const floats = Float32Array.from(all, halfToNumber);
    const back = floatsToHalves(floats);
    for (const bits of all) {
      if (Number.isNaN(floats[bits])) expect(halfToNumber(back[bits])).toBeNaN();
      else if (back[bits] !== bits) expect(back[bits]).toBe(bits);
    }
  });

  it.each([
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [-1e30, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [1.5 * 2 ** -25, 1],
    [3 * 2 ** -25, 2],
    [-0, 0x8000],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])('has %f as %i', (value, bits) => {
    expect(half(value)).toBe(bits);
  });

  it('takes the nearest, and the even one of two as near', () => {
    const random = randomSource(3);
    const finite = Float64Array.from({ length: 0x7c00 }, (_, bits) => halfToNumber(bits));
    for (let round = 0; round < 20_000; round += 1) {
      const value = Math.fround((random() * 2 - 1) * 2 ** (random() * 44 - 28));
      if (Math.abs(value) > 65504) continue;
      const bits = half(value) & 0x7fff;
      const distance = Math.abs(finite[bits] - Math.abs(value));
      for (const other of [bits - 1, bits + 1]) {
        const otherDistance = Math.abs((finite[other] ?? Infinity) - Math.abs(value));
        expect(distance < otherDistance || (distance === otherDistance && bits % 2 === 0)).toBe(true);
      }
    }
  });
});

it('roundToHalves keeps float32 and loses at most 2^-11 of a normal value', () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => Math.fround(Math.sin(i) * 100 + 101));
  roundToHalves(values).forEach((value, i) => {
    expect(Math.abs(value / values[i] - 1)).toBeLessThanOrEqual(2 ** -11);
  });
});
