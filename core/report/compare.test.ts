import { describe, expect, it } from 'vitest';
import { compareReports } from './compare.ts';
import { sampleReport } from './report.fixture.ts';
import { comparisonText } from './text.ts';

const fast = sampleReport([1e6, 1e6, 1e6]);
const slow = sampleReport([2e6, 2e6, 2e6], {
  package: { ...fast.package, precision: 'fp32', bytes: 4 * fast.package.bytes },
});

describe('compareReports', () => {
  it('gives ratios above 1 where the second is better', () => {
    const { rows, reasons } = compareReports(slow, fast);
    expect(reasons).toEqual([]);
    const ratios = new Map(rows.map((row) => [row.name, row.ratio]));
    expect(ratios.get('median latency')).toBe(2);
    expect(ratios.get('inferences per second')).toBe(2);
    expect(ratios.get('package size')).toBe(4);
    expect(ratios.get('load time')).toBe(1);
  });

  it('names every reason against a comparison', () => {
    const during = { ...fast.conditions[1], clocks: [{ cpu: 0, hz: 6e8 }], throttled: true };
    const other = {
      ...fast,
      board: { ...fast.board, hostKey: 'SHA256:another', model: 'Raspberry Pi 4' },
      run: { ...fast.run, threads: 4, backend: 'reference' },
      package: { ...fast.package, modelSha256: 'dd'.repeat(32) },
      conditions: [fast.conditions[0], during],
    };
    const { reasons } = compareReports(fast, other);
    const about = ['boards', 'models', 'threads', 'backends', 'clocks', 'lowered'];
    for (const word of about) expect(reasons.join('\n')).toContain(word);
    expect(reasons).toHaveLength(about.length);
  });

  it('distrusts emulated boards', () => {
    const emulated = { ...fast, board: { ...fast.board, emulated: true } };
    expect(compareReports(emulated, emulated).reasons).toHaveLength(1);
    expect(comparisonText(emulated, emulated)).toContain('Not comparable:');
  });

  it('has no ratio where a value is not known', () => {
    const unknown = { ...fast, run: { ...fast.run, peakMemoryBytes: null } };
    const row = compareReports(fast, unknown).rows.find(({ name }) => name === 'memory at the peak');
    expect(row?.ratio).toBeNull();
    expect(comparisonText(fast, unknown)).toContain('not known');
  });
});
