import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evidence } from '../../shared/schemas/network.ts';
import { openSampleProject, type SampleProject } from '../sample-project.testing.ts';

describe('the check of the preprocessing', () => {
  let open: SampleProject;
  beforeAll(async () => {
    open = await openSampleProject();
  });
  afterAll(() => open.remove());

  it('leaves out what cannot be read, says so, and is no condition for going on', async () => {
    const { session, run, view } = open;
    const folder = join(session.project.folder, 'sample', 'images');
    // Of all pictures but a few nothing is left to decode, so that some of those are picked.
    const names = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
    for (const name of names.slice(0, -names.length / 2)) await writeFile(join(folder, name), 'no picture');
    const ended = await run('evidence');
    expect(ended).toMatchObject({ status: 'warning', error: null });
    expect(ended.warnings[0]).toMatch(/\.png: The file is not a picture that can be read/);
    const found = await session.freshResult<Evidence>('images');
    expect(found?.pictures.length).toBeGreaterThan(0);
    expect((await view()).steps.find(({ step }) => step === 'images')?.state).toBe('done');
  });

  it('holds for the settings it was made under alone', async () => {
    const { session } = open;
    expect(await session.freshResult('images')).toBeDefined();
    const { preprocessing } = session.project.decisions.images;
    await session.project.decide({ step: 'images', change: { preprocessing: { ...preprocessing, norm: 1 } } });
    expect(await session.freshResult('images')).toBeUndefined();
    await session.project.decide({ step: 'images', change: { preprocessing } });
    expect(await session.freshResult('images')).toBeDefined();
  });
});
