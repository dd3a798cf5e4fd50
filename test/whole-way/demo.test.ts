import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VERSION } from '../../core/common/version.ts';
import { readReport } from '../../core/report/read.ts';
import { cortado } from '../support/cli.ts';
import { repositoryRoot, temporaryFolder } from '../support/paths.ts';

const folder = temporaryFolder();

test('the demo goes the whole way and leaves reports that can be read', async () => {
  const { code, stdout, stderr } = await cortado(['demo', '--fp16', '--output', folder]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/fp32 +int8 +ratio/);
  expect(stdout).toMatch(/median latency .* x/);
  // The golden picture shows a seven, and the board says so.
  expect(stdout).toMatch(/Largest values of "prob"\n-+\n7 /);
  expect(stdout).toMatch(/fp32 +fp16 +ratio/);
  const [int8, fp32, fp16] = await Promise.all(
    ['int8', 'fp32', 'fp16'].map((name) => readReport(join(folder, `report-${name}.json`))),
  );
  expect(int8.package.precision).toBe('int8');
  expect(fp32.package.precision).toBe('fp32');
  expect(fp16.package.precision).toBe('fp16');
  expect(fp16.package.bytes).toBeLessThan(0.75 * fp32.package.bytes);
  expect(int8.package.modelSha256).toBe(fp32.package.modelSha256);
  expect(int8.verification.int8Blobs).toBeGreaterThan(10);
  expect(int8.latency.samplesNs).toHaveLength(50);
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  expect(page).toContain('CortadoDigits');
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
}, 120_000);

test('a report is shown and exported', async () => {
  const report = join(folder, 'report-int8.json');
  const shown = await cortado(['report', 'show', report, '--compare', join(folder, 'report-fp32.json')]);
  expect(shown).toMatchObject({ code: 0 });
  expect(shown.stdout).toContain('CortadoDigits (int8)');
  for (const format of ['html', 'csv', 'json']) {
    const output = join(folder, `exported.${format}`);
    expect(await cortado(['report', 'export', report, '--format', format, '--output', output])).toMatchObject({
      code: 0,
    });
    expect((await readFile(output, 'utf8')).length).toBeGreaterThan(100);
  }
}, 60_000);

test('the version is the one of package.json', async () => {
  const manifest = JSON.parse(await readFile(join(repositoryRoot, 'package.json'), 'utf8')) as { version: string };
  expect(VERSION).toBe(manifest.version);
  expect(await cortado(['--version'])).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
});
