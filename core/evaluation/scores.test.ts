import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLabels } from './labels.ts';
import { ClosenessSum, TopCounter, classDivergence, topClasses } from './scores.ts';

describe('scores', () => {
  it('name the largest classes, the lower number first where they are equal', () => {
    expect(topClasses(Float32Array.of(1, 5, 3, 5, 4, 0), 5)).toEqual([1, 3, 4, 2, 0]);
    expect(topClasses(Float32Array.of(2, 1), 5)).toEqual([0, 1]);
  });

  it('count the first and the first five', () => {
    const counter = new TopCounter();
    expect(counter.shares()).toBeUndefined();
    counter.add(1, [1, 2, 3, 4, 5]);
    counter.add(5, [1, 2, 3, 4, 5]);
    counter.add(6, [1, 2, 3, 4, 5, 6]);
    counter.add(2, [2]);
    expect(counter.shares()).toEqual({ top1: 0.5, top5: 0.75 });
  });

  it('measure how far classes are off, where they are a distribution', () => {
    expect(classDivergence(Float32Array.of(0.5, 0.5, 0), Float32Array.of(0.25, 0.5, 0.25))).toBeCloseTo(0.5 * Math.LN2);
    expect(classDivergence(Float32Array.of(1, 0), Float32Array.of(1, 0))).toBe(0);
    expect(classDivergence(Float32Array.of(0.5, 0.6), Float32Array.of(1, 0))).toBeUndefined();
    expect(classDivergence(Float32Array.of(-0.5, 1.5), Float32Array.of(1, 0))).toBeUndefined();
  });

  it('measure closeness over all that was added', () => {
    const sum = new ClosenessSum();
    sum.add(Float32Array.of(3, 0), (i) => [3, 1][i]);
    sum.add(Float32Array.of(4), () => 4);
    expect(sum.closeness().sqnr).toBeCloseTo(10 * Math.log10(25));
    expect(sum.closeness().cosine).toBeCloseTo(25 / Math.sqrt(25 * 26));
    expect(new ClosenessSum().closeness()).toEqual({ sqnr: Infinity, cosine: 1 });
  });
});

describe('readLabels', () => {
  async function read(text: string): Promise<ReadonlyMap<string, number>> {
    const folder = await mkdtemp(join(tmpdir(), 'cortado-labels-'));
    try {
      await writeFile(join(folder, 'labels.csv'), text);
      return await readLabels(join(folder, 'labels.csv'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it('takes a header, further columns, quotes and CRLF', async () => {
    const labels = await read('file,class,name\r\na.png,3,cat\r\n"b, c.png",0\r\n\r\n');
    expect([...labels]).toEqual([
      ['a.png', 3],
      ['b, c.png', 0],
    ]);
  });

  it('names the line that is none', async () => {
    await expect(read('file,class\na.png,cat\n')).rejects.toMatchObject({
      code: 'evaluation.labels',
      location: { line: 2 },
    });
  });
});
