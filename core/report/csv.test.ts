import { expect, it } from 'vitest';
import { layersCsv, samplesCsv, summaryCsv } from './csv.ts';
import { sampleReport } from './report.fixture.ts';

const report = sampleReport([1e6, 2.5e6]);

it('writes one line per run', () => {
  expect(samplesCsv(report)).toBe('run,latency_ns\r\n1,1000000\r\n2,2500000\r\n');
});

it('writes as many cells as titles for every report', () => {
  const lines = summaryCsv([report, report]).trimEnd().split('\r\n');
  expect(lines).toHaveLength(3);
  const [titles, first] = lines.map((line) => line.split(','));
  expect(first).toHaveLength(titles.length);
  expect(first[titles.indexOf('median_ms')]).toBe('1.75');
  expect(first[titles.indexOf('peak_memory_bytes')]).toBe('2621440');
});

it('quotes what CSV needs quoted and takes the sting out of formulas', () => {
  const layers = [{ layer: '=cmd("x"),y', kind: 'Convolution', kernel: null, medianNs: 5, macs: 0, cycles: null }];
  expect(layersCsv({ ...report, layers })).toContain(`"'=cmd(""x""),y",Convolution,,5,0,\r\n`);
});

it('writes only the titles where no profile was taken', () => {
  expect(layersCsv({ ...report, layers: null })).toBe('layer,kind,kernel,median_ns,macs,cycles\r\n');
});
