import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomSource } from '../common/random.ts';
import { parseTable, readTable, writeTable } from './read-table.ts';
import { numberText } from './table-text.ts';
import type { ScaleTable } from './table.ts';

const byLayer = `conv1_param_0 0.0 258.46886404 189.633531614
conv2_1/dw_param_0 0 72.1291432409 65432.1
conv1 49.4665182589
conv2_1/dw 123.720796452
`;

const byBlob = `res2a_branch1_param_0 337.530701
data 0.841265
conv1 90.120193
prob 2024.096802
`;

describe('reading', () => {
  it('takes scales of 0 and large ones, and knows what the keys name', () => {
    const table = parseTable(byLayer, 'a.table');
    expect(table.activationKey).toBe('layer');
    expect([...table.weights]).toEqual([
      ['conv1', [0, 258.46886404, 189.633531614]],
      ['conv2_1/dw', [0, 72.1291432409, 65432.1]],
    ]);
    expect([...table.activations.keys()]).toEqual(['conv1', 'conv2_1/dw']);
    expect(parseTable(byBlob, 'b.table')).toMatchObject({ format: 'release', activationKey: 'blob' });
  });

  it('believes the format that is given', () => {
    expect(parseTable(byLayer, 'a.table', 'dev-weight').format).toBe('dev-weight');
    expect(parseTable(byLayer, 'a.table', 'release').activationKey).toBe('blob');
  });

  it('asks for the format where the keys leave a choice', () => {
    for (const text of ['conv1_param_0 3\n', 'conv1 3\n']) {
      expect(() => parseTable(text, 'c.table')).toThrow(expect.objectContaining({ code: 'table.format' }));
    }
    expect(parseTable('conv1 3\n', 'c.table', 'release').activations.get('conv1')).toEqual([3]);
  });

  it("reads ncnn2table's trailing spaces, CRLF and layers with numbers for names", () => {
    const table = parseTable('123_param_0 1.5 2.5 \r\n123 0.5 \r\n\r\n', 'd.table');
    expect(table.weights.get('123')).toEqual([1.5, 2.5]);
    expect(table.activations.get('123')).toEqual([0.5]);
  });

  it.each([
    ['table.number', 'conv1_param_0 1\nconv1 inf\n', 2],
    ['table.number', 'conv1_param_0 nan\n', 1],
    ['table.number', 'conv1_param_0 -Infinity\n', 1],
    ['table.number', 'conv1 1\n\nconv2 1e999\n', 3],
    ['table.number', 'conv1 -3\n', 1],
    ['table.number', 'conv1 0x10\n', 1],
    ['table.key', 'conv1\n', 1],
    ['table.key', '_param_0 3\n', 1],
    ['table.duplicate', 'conv1 1\nconv1 1\n', 2],
  ])('refuses with %s: %j', (code, text, line) => {
    expect(() => parseTable(text, 'bad.table', 'ncnn')).toThrow(
      expect.objectContaining({ code, location: expect.objectContaining({ file: 'bad.table', line }) as unknown }),
    );
  });

  it('refuses an empty file and one that is not there', async () => {
    expect(() => parseTable('\n\n', 'e.table')).toThrow(expect.objectContaining({ code: 'table.empty' }));
    await expect(readTable('/nonexistent/t.table')).rejects.toMatchObject({ code: 'file.read' });
  });
});

describe('writing', () => {
  const random = randomSource(4);
  const table: ScaleTable = {
    format: 'release',
    weights: new Map([['conv1', Array.from({ length: 50 }, () => 10 ** (random() * 24 - 12))]]),
    activationKey: 'blob',
    activations: new Map([
      ['data', [0.8412640000000001]],
      ['dead', [0]],
      ['conv1', [127]],
    ]),
  };

  it('reads back exactly what was written, in order, and leaves no other file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cortado-table-'));
    try {
      const path = join(folder, 'new', 't.table');
      await writeTable(path, table);
      expect(await readTable(path)).toEqual(table);
      expect((await readFile(path, 'utf8')).split('\n').slice(1)).toEqual([
        'data 0.8412640000000001',
        'dead 0.0',
        'conv1 127.0',
        '',
      ]);
      expect(await readdir(join(folder, 'new'))).toEqual(['t.table']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('refuses a name with a space, which no reader could take apart', async () => {
    const bad = { ...table, activations: new Map([['conv 1', [1]]]) };
    await expect(writeTable('/nonexistent/t.table', bad)).rejects.toMatchObject({ code: 'table.key' });
  });

  it.each([
    [0, '0.0'],
    [1, '1.0'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e15, '1000000000000000.0'],
    [5e-324, '5e-324'],
  ])('prints %d as Python does', (value, text) => {
    expect(numberText(value)).toBe(text);
  });
});
