import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportJson } from './create.ts';
import { parseReport, readReport } from './read.ts';
import { sampleReport } from './report.fixture.ts';

const report = sampleReport([1e6, 2e6]);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-report-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('readReport', () => {
  it('reads what was written', async () => {
    const path = join(folder, 'r.json');
    await writeFile(path, reportJson(report));
    expect(await readReport(path)).toEqual(report);
  });

  it('names a file that is not there', async () => {
    const path = join(folder, 'none.json');
    await expect(readReport(path)).rejects.toMatchObject({ code: 'file.read', location: { file: path } });
  });

  it.each([
    ['a field of the wrong kind', { ...report, run: { ...report.run, threads: 'four' } }, 'run.threads'],
    ['a missing field', { ...report, latency: {} }, 'latency.samplesNs'],
    ['no samples', { ...report, latency: { ...report.latency, samplesNs: [] } }, 'latency.samplesNs'],
    ['a negative latency', { ...report, latency: { ...report.latency, samplesNs: [5, -1] } }, 'latency.samplesNs.1'],
  ])('names the field: %s', (_what, damaged, field) => {
    expect(caught(JSON.stringify(damaged))).toMatchObject({
      code: 'report.field',
      location: { file: 'r.json', field },
    });
  });

  it('refuses a newer version by its number', () => {
    const error = caught(JSON.stringify({ ...report, version: 2 }));
    expect(error).toMatchObject({ code: 'report.version' });
    expect((error as Error).message).toContain('version 2');
  });

  it.each(['{}', '[]', 'null', '42', '"text"'])('refuses other JSON: %s', (text) => {
    expect(caught(text)).toMatchObject({ code: 'report.not-a-report' });
  });

  it('names the line where JSON breaks off', () => {
    const text = reportJson(report).split('\n').slice(0, 7).join('\n');
    expect(caught(text)).toMatchObject({ code: 'report.not-json', location: { file: 'r.json', line: 7 } });
  });
});

function caught(text: string): unknown {
  try {
    return parseReport(text, 'r.json');
  } catch (error) {
    return error;
  }
}
