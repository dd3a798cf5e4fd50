import { describe, expect, it } from 'vitest';
import { acceleratorFacts } from './accelerator.ts';
import { layersCsv, summaryCsv } from './csv.ts';
import { boardTitle } from './facts.ts';
import { reportHtml } from './html/page.ts';
import { reportJson } from './create.ts';
import { parseReport } from './read.ts';
import { sampleReport } from './report.fixture.ts';
import type { Report, ReportAccelerator } from './schema.ts';
import { reportText } from './text.ts';
import { findingsOf } from './verdict.ts';

const SIMULATED: ReportAccelerator = {
  device: 'Verilated xc7z020',
  part: 'xc7z020',
  simulated: true,
  clockHz: 100e6,
  bitstream: 'xc7z020-4d0ae191',
  plannedFor: { board: 'pynq-z1', clockHz: 100e6, memoryBytesPerSecond: 1.5e9 },
  memoryBytesPerSecond: 1.5e9,
  memoryLatencyCycles: 40,
  programs: 1,
  operations: 15,
  sharedBytes: 65_536,
  cycles: 20_000,
  estimatedCycles: 19_000,
  arrayActiveCycles: 15_000,
  vectorActiveCycles: 1_000,
  waitWeightsCycles: 500,
  waitTokensCycles: 3_000,
  waitDrainCycles: 200,
  readBytes: 51_200,
  writeBytes: 1_024,
  estimatedBytes: 52_000,
  macs: 3_840_000,
  macsPerCycle: 384,
  processorNs: 12_000,
};

function accelerated(changes: Partial<ReportAccelerator> = {}): Report {
  const report = sampleReport([200_000]);
  const layers = (report.layers ?? []).map((layer) => ({ ...layer, cycles: layer.layer === 'prob' ? null : 4_321 }));
  return { ...report, layers, accelerator: { ...SIMULATED, ...changes } };
}

describe('a report of an accelerated run', () => {
  it('reads back', () => {
    const report = accelerated();
    expect(parseReport(reportJson(report), 'r.json')).toEqual(report);
  });

  it('is read without an accelerator from files that know of none', () => {
    const { accelerator, layers, ...old } = sampleReport([1, 2, 3]);
    expect(accelerator).toBeNull();
    const without = (layers ?? []).map(({ layer, kind, kernel, medianNs, macs }) => ({
      layer,
      kind,
      kernel,
      medianNs,
      macs,
    }));
    const file = JSON.stringify({ ...old, layers: without });
    expect(parseReport(file, 'old.json').accelerator).toBeNull();
    expect(parseReport(file, 'old.json').layers?.[0].cycles).toBeNull();
  });

  it('tells time, shares and traffic in numbers that follow from the counters', () => {
    const facts = new Map(acceleratorFacts(SIMULATED));
    expect(facts.get('cycles')).toBe('20000, that is 200 µs (estimated: 19000, -5.0 %)');
    expect(facts.get('array active')).toContain('75.0 % of the cycles');
    expect(facts.get('efficiency')).toContain('50.0 %');
    expect(facts.get('memory traffic')).toBe('50.0 KiB read, 1.00 KiB written');
    expect(facts.get("processor's part")).toContain('not in the latency');
  });

  it('says everywhere that it was simulated', () => {
    const report = accelerated();
    expect(boardTitle(report)).toBe('virtual pynq-z1 (simulated xc7z020)');
    expect(findingsOf(report)).toMatchObject([{ level: 'caution', code: 'simulated' }]);
    expect(reportText(report)).toContain('simulated latency');
    expect(reportText(report)).toContain('4321');
    expect(reportHtml(report)).toContain('simulated latency');
    expect(reportHtml(report)).toContain('Verilated xc7z020');
    expect(summaryCsv([report])).toContain('xc7z020,yes,100000000,20000,15000,52224');
    expect(layersCsv(report).split('\r\n')[1]).toMatch(/,4321$/);
  });

  it('does not say so of a real one, whose latency holds the whole run', () => {
    const report = accelerated({ simulated: false, memoryBytesPerSecond: null, memoryLatencyCycles: null });
    expect(findingsOf(report).map(({ code }) => code)).not.toContain('simulated');
    expect(reportText(report)).not.toMatch(/simulated/i);
    expect(reportText(report)).toContain('transfers included');
  });
});
