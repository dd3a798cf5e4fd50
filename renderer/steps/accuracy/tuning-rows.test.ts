import { describe, expect, it } from 'vitest';
import { tuningRows } from './tuning-rows.ts';

const step = { sqnr: 20, divergence: null, agreement: 0.9, kept: true } as const;

describe('the rows of the search for the best accuracy', () => {
  it('say what each kept step won over the one kept before', () => {
    const rows = tuningRows([
      { ...step, what: 'first', divergence: 0.4 },
      { ...step, what: 'worse', divergence: 0.5, kept: false },
      { ...step, what: 'better', divergence: 0.3 },
      { ...step, what: 'best', divergence: 0.15 },
    ]);
    expect(rows.map(({ distance }) => distance)).toEqual([0.4, 0.5, 0.3, 0.15]);
    expect(rows.map(({ gain }) => gain)).toEqual([null, expect.closeTo(-0.25), expect.closeTo(0.25), 0.5]);
  });

  it('take noise over signal where there is no divergence, and 0 where outputs are equal', () => {
    const rows = tuningRows([
      { ...step, what: 'first' },
      { ...step, what: 'equal', sqnr: null },
    ]);
    expect(rows).toMatchObject([
      { distance: 0.1, gain: null },
      { distance: 0, gain: 1 },
    ]);
  });
});
