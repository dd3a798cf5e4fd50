import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cortado, type CliResult } from '../support/cli.ts';
import { sample, temporaryFolder } from '../support/paths.ts';

const folder = temporaryFolder();
const files = ['--proto', join(sample, 'deploy.prototxt'), '--model', join(sample, 'digits.caffemodel')];

function calibrate(output: string, images: string, ...more: readonly string[]): Promise<CliResult> {
  return cortado(['calibrate', ...files, '--images', images, '--output', join(folder, output), ...more]);
}

function text(name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8');
}

describe('calibrate', () => {
  test('writes one table, however many passes and processes, on a GPU or where there is none', async () => {
    const images = join(sample, 'images');
    const usual = await calibrate('usual.table', images);
    expect(usual.code, usual.stderr).toBe(0);
    expect((await calibrate('two.table', images, '--passes', '2', '--workers', '1')).code).toBe(0);
    const gpu = await calibrate('gpu.table', images, '--gpu', '1', '--json');
    expect(gpu.code, gpu.stderr).toBe(0);
    expect(await text('two.table')).toBe(await text('usual.table'));
    expect(await text('two.table.record.json')).toContain('"passes": 2');
    const { device } = JSON.parse(gpu.stdout) as { device: { provider: string; why: string; tried: unknown[] } };
    expect(device.tried.length).toBeGreaterThanOrEqual(2);
    expect(gpu.stderr).toContain(device.why);
    expect(JSON.parse(await text('gpu.table.record.json'))).toMatchObject({ device });
    if (device.provider === 'cpu') expect(await text('gpu.table')).toBe(await text('usual.table'));
  });

  test('names a picture that cannot be read and goes on; too few that can are an error, without a table', async () => {
    const images = join(folder, 'images');
    await mkdir(images);
    const good = await readFile(join(sample, 'images', '7-1.png'));
    await writeFile(join(images, 'a.png'), good);
    await writeFile(join(images, 'b.png'), good.subarray(0, 60));
    await writeFile(join(images, 'c.png'), await readFile(join(sample, 'images', '3-1.png')));
    const some = await calibrate('some.table', images);
    expect(some.code, some.stderr).toBe(0);
    expect(some.stderr).toContain(`Skipped ${join(images, 'b.png')}`);
    await writeFile(join(images, 'd.png'), 'no picture');
    await writeFile(join(images, 'e.png'), '');
    const few = await calibrate('few.table', images);
    expect(few.code).toBe(1);
    expect(few.stderr).toContain('Only 2 of 5 files could be read');
    await expect(text('few.table')).rejects.toThrow('ENOENT');
  });
});
