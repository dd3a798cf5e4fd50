import { describe, expect, it } from 'vitest';
import { workerCount } from './worker-count.ts';

const gibibyte = 2 ** 30;

describe('workerCount', () => {
  it('is one per core where memory is plenty', () => {
    expect(workerCount(8, 32 * gibibyte, 5e6)).toBe(8);
  });

  it('is what memory holds of a large model', () => {
    const count = workerCount(16, 8 * gibibyte, 553e6);
    expect(count).toBeGreaterThan(1);
    expect(count * 553e6 * 2).toBeLessThan(8 * gibibyte);
  });

  it('is one where memory is short', () => {
    expect(workerCount(4, gibibyte / 4, 553e6)).toBe(1);
  });
});
