import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cortado, type CliResult } from '../support/cli.ts';
import { sample, temporaryFolder } from '../support/paths.ts';

const folder = temporaryFolder();
const proto = join(sample, 'deploy.prototxt');
const model = join(sample, 'digits.caffemodel');
const images = join(sample, 'images');
const table = join(folder, 'good.table');
const packageFile = join(folder, 'good.cortado');

beforeAll(async () => {
  expect(
    await cortado(['calibrate', '--proto', proto, '--model', model, '--images', images, '--output', table]),
  ).toMatchObject({ code: 0 });
  expect(
    await cortado(['build', 'neon', '--proto', proto, '--model', model, '--table', table, '--output', packageFile]),
  ).toMatchObject({ code: 0 });
});

/** Runs a call that must be refused, with a target file that must not come to be. */
async function refused(args: readonly string[]): Promise<CliResult> {
  const target = join(folder, 'must-not-exist');
  const before = await readdir(folder);
  const result = await cortado([...args, target]);
  expect(result.code, result.stderr).not.toBe(0);
  expect(result.stdout).toBe('');
  expect(result.stderr).not.toContain('defect of Cortado');
  expect(await readdir(folder)).toEqual(before);
  return result;
}

async function changed(file: string, name: string, change: (text: string) => string): Promise<string> {
  const text = await readFile(file, 'utf8');
  const path = join(folder, name);
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
  return path;
}

describe('a caffemodel', () => {
  test('that is cut off is refused with its name and where it ends', async () => {
    const cut = join(folder, 'cut.caffemodel');
    const bytes = await readFile(model);
    await writeFile(cut, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const { stderr } = await refused(['calibrate', '--proto', proto, '--model', cut, '--images', images, '--output']);
    expect(stderr).toContain(cut);
    expect(stderr).toMatch(/byte|ends|cut/);
  });

  test('whose weights have another shape is refused with the layer and both shapes', async () => {
    const wider = await changed(proto, 'wider.prototxt', (text) => text.replace(/num_output: *10\b/, 'num_output: 11'));
    const { stderr } = await refused(['calibrate', '--proto', wider, '--model', model, '--images', images, '--output']);
    expect(stderr).toContain('11');
    expect(stderr).toContain('10');
    expect(stderr).toContain(model);
  });
});

describe('a prototxt', () => {
  test.each([
    [
      'a misspelt layer type',
      (text: string) => text.replace('"Convolution"', '"Convolutoin"'),
      /Convolutoin.*Convolution/s,
    ],
    ['a misspelt field', (text: string) => text.replace('num_output', 'num_ouput'), /num_ouput|num_output/],
    ['a bottom that no layer makes', (text: string) => text.replace('bottom: "data"', 'bottom: "dta"'), /dta/],
    ['a missing brace', (text: string) => text.slice(0, text.lastIndexOf('}')), /brace|closed|ends|"}"/i],
    ['a word for a number', (text: string) => text.replace(/num_output: *\d+/, 'num_output: many'), /num_output/],
  ])('with %s is refused with file and line', async (name, change, words) => {
    const typo = await changed(proto, `typo-${name.replaceAll(' ', '-')}.prototxt`, change);
    const { stderr } = await refused(['calibrate', '--proto', typo, '--model', model, '--images', images, '--output']);
    expect(stderr).toContain(`${typo}:`);
    expect(stderr).toMatch(/\.prototxt:\d+/);
    expect(stderr).toMatch(words);
  });
});

describe('pictures', () => {
  test('a folder without one is refused by name', async () => {
    const empty = join(folder, 'no-pictures');
    await mkdir(empty, { recursive: true });
    await writeFile(join(empty, 'notes.txt'), 'nothing to see');
    const { stderr } = await refused(['calibrate', '--proto', proto, '--model', model, '--images', empty, '--output']);
    expect(stderr).toContain(empty);
    expect(stderr).toContain('no picture');
  });

  test('a file that is none is named and skipped where others remain', async () => {
    const mixed = join(folder, 'mixed');
    await mkdir(mixed, { recursive: true });
    for (const name of (await readdir(images)).slice(0, 12)) await copyFile(join(images, name), join(mixed, name));
    await writeFile(join(mixed, 'broken.png'), 'this is no picture');
    const result = await cortado([
      'calibrate',
      '--proto',
      proto,
      '--model',
      model,
      '--images',
      mixed,
      '--output',
      join(folder, 'mixed.table'),
    ]);
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toContain('broken.png');
  });

  test('only a file that is none is refused by name', async () => {
    const broken = join(folder, 'broken');
    await mkdir(broken, { recursive: true });
    await writeFile(join(broken, 'broken.png'), 'this is no picture');
    const { stderr } = await refused(['calibrate', '--proto', proto, '--model', model, '--images', broken, '--output']);
    expect(stderr).toContain('broken.png');
  });
});

describe('a package', () => {
  test('int8 without a table is refused with the command that makes one', async () => {
    const { stderr } = await refused(['build', 'neon', '--proto', proto, '--model', model, '--output']);
    expect(stderr).toContain('cortado calibrate');
  });

  test('a precision that there is not is refused by name', async () => {
    const { stderr } = await refused([
      'build',
      'neon',
      '--proto',
      proto,
      '--model',
      model,
      '--precision',
      'int4',
      '--output',
    ]);
    expect(stderr).toContain('int4');
  });

  test.each([
    ['damaged', (bytes: Buffer) => bytes.fill(0x5a, 2000, 2100)],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['another file', () => Buffer.from('PK this is a zip file, more or less, and long enough to be looked at')],
  ])('that is %s is refused by run and deploy', async (name, damage) => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.cortado`);
    await writeFile(file, damage(Buffer.from(await readFile(packageFile))));
    const here = await refused(['run', file, '--output']);
    expect(here.stderr).toContain(file);
    const there = await refused(['deploy', file, '--board', 'virtual', '--report']);
    expect(there.stderr).toContain(file);
  });
});

test('an unknown option is a wrong call', async () => {
  expect(await cortado(['inspect', '--prototxt', proto])).toMatchObject({ code: 2, stdout: '' });
});
