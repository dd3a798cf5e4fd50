import { describe, expect, it } from 'vitest';
import { methodOf, tuningRows } from './tuning-rows.ts';

const step = { agreement: 0.9, kept: true } as const;

describe('the rows of the search for the best accuracy', () => {
  it('say what each kept step won over the one kept before', () => {
    const rows = tuningRows([
      { ...step, what: 'first', loss: 0.4 },
      { ...step, what: 'worse', loss: 0.5, kept: false },
      { ...step, what: 'better', loss: 0.3 },
      { ...step, what: 'best', loss: 0.15 },
    ]);
    expect(rows.map(({ distance }) => distance)).toEqual([0.4, 0.5, 0.3, 0.15]);
    expect(rows.map(({ gain }) => gain)).toEqual([null, expect.closeTo(-0.25), expect.closeTo(0.25), 0.5]);
  });

  it('know the methods that they name by their codes', () => {
    expect(['KL', 'thresholds by mse', 'thresholds by another', 'biases corrected'].map(methodOf)).toEqual([
      ...['kl', 'mse'],
      ...[undefined, undefined],
    ]);
  });

  it('win all where outputs become equal, and nothing after that', () => {
    const rows = tuningRows([
      { ...step, what: 'first', loss: 0.1 },
      { ...step, what: 'equal', loss: 0 },
      { ...step, what: 'again', loss: 0, kept: false },
    ]);
    expect(rows.map(({ gain }) => gain)).toEqual([null, 1, 0]);
  });
});
