import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fewerBins } from './histogram-view.ts';
import { Labels } from './labels.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-labels-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function read(labels: string, names?: string): Promise<Labels> {
  await writeFile(join(folder, 'labels'), labels);
  if (names !== undefined) await writeFile(join(folder, 'names'), names);
  return Labels.read(join(folder, 'labels'), names === undefined ? undefined : join(folder, 'names'));
}

describe('labels', () => {
  it.each([
    ['with a head line', 'file,class\na b.png,3\n'],
    ["as Caffe's lists", 'images/a b.png 3\n\n'],
    ['with CRLF and quotes', '"a b.png";3\r\n'],
  ])('are read %s', async (_, text) => {
    const labels = await read(text);
    expect(labels.classOf('/somewhere/a b.png')).toBe(3);
    expect(labels.labelOf('a b.png')).toBe('3');
    expect(labels.labelOf('other.png')).toBeNull();
  });

  it('have names', async () => {
    const labels = await read('a.png,1', 'cat\ndog\n');
    expect(labels.labelOf('a.png')).toBe('dog');
    expect(labels.nameOf(2)).toBeNull();
  });

  it('are refused by the line', async () => {
    await expect(read('a.png,1\nb.png\n')).rejects.toMatchObject({ code: 'labels.line', location: { line: 2 } });
  });
});

describe('histograms for the window', () => {
  it('lose no count', () => {
    expect(fewerBins([1, 2, 3, 4, 5], 2)).toEqual([6, 9]);
    expect(fewerBins([1, 2], 10)).toEqual([1, 2]);
  });
});
