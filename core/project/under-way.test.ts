import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeLeftovers } from './leftovers.ts';
import { forgetUnderWay, noteUnderWay, unfinishedWork } from './under-way.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-under-way-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('work under way', () => {
  it('is known until it ends', async () => {
    expect(await unfinishedWork(folder)).toBeUndefined();
    noteUnderWay(folder, 'calibrate');
    expect(await unfinishedWork(folder)).toBe('calibrate');
    forgetUnderWay(folder);
    forgetUnderWay(folder);
    expect(await unfinishedWork(folder)).toBeUndefined();
  });

  it('is still known where it began as soon as other work had ended', async () => {
    noteUnderWay(folder, 'evidence');
    forgetUnderWay(folder);
    noteUnderWay(folder, 'calibrate');
    await setTimeout(20);
    expect(await unfinishedWork(folder)).toBe('calibrate');
  });

  it('goes on where it cannot be noted', async () => {
    await writeFile(join(folder, 'results'), 'in the way');
    noteUnderWay(folder, 'calibrate');
    expect(await unfinishedWork(folder)).toBeUndefined();
  });
});

describe('what a killed process leaves', () => {
  it('is removed, and nothing else', async () => {
    await mkdir(join(folder, 'results'));
    const kept = ['project.json', '.hidden', 'notes.part'];
    for (const name of [...kept, '.project.json.0123456789ab.part', 'results/.model.json.0123456789ab.part']) {
      await writeFile(join(folder, name), name);
    }
    await removeLeftovers(folder);
    expect((await readdir(folder)).sort()).toEqual([...kept, 'results'].sort());
    expect(await readdir(join(folder, 'results'))).toEqual([]);
  });
});
