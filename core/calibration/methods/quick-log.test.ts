import { expect, it } from 'vitest';
import { quickLog } from './quick-log.ts';

it('quickLog is within 1.5e-7 of the logarithm, over all exponents and between the pieces of its table', () => {
  let largest = 0;
  for (let exponent = -120; exponent <= 120; exponent += 3) {
    for (let i = 0; i < 5000; i++) {
      const value = 2 ** exponent * (1 + ((i * 0.6180339887498949) % 1));
      largest = Math.max(largest, Math.abs(quickLog(value) - Math.log(value)));
    }
  }
  expect(largest).toBeLessThan(1.5e-7);
  expect(quickLog(1)).toBe(0);
});
