import { mkdtemp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project } from './project.ts';
import { RecentProjects } from './recent.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cortado-project-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('a project', () => {
  it('keeps decisions on the disk, with paths inside its folder relative to it', async () => {
    const folder = join(root, 'digits');
    const project = await Project.create(folder, ' Digits ');
    await project.decide({ step: 'model', change: { proto: join(folder, 'model', 'deploy.prototxt') } });
    await project.decide({ step: 'model', change: { weights: join(root, 'elsewhere.caffemodel') } });
    const moved = join(root, 'moved');
    await rename(folder, moved);
    const again = await Project.open(join(moved, 'project.json'));
    expect(again.name).toBe('Digits');
    expect(again.decisions.model).toEqual({
      proto: 'model/deploy.prototxt',
      weights: join(root, 'elsewhere.caffemodel'),
    });
    expect(again.pathOf('model/deploy.prototxt')).toBe(join(moved, 'model', 'deploy.prototxt'));
  });

  it('makes changes one after the other, none lost and nothing half-written left', async () => {
    const project = await Project.create(join(root, 'p'), 'p');
    await Promise.all([
      project.decide({ step: 'run', change: { iterations: 7 } }),
      project.decide({ step: 'board', change: { address: 'virtual' } }),
      project.decide({ step: 'run', change: { warmup: 0 } }),
      project.rename('q'),
    ]);
    const again = await Project.open(project.folder);
    expect(again.decisions.run).toMatchObject({ iterations: 7, warmup: 0 });
    expect(again.decisions.board.address).toBe('virtual');
    expect(again.name).toBe('q');
    expect(await readdir(project.folder)).toEqual(['project.json']);
  });

  it('refuses a change that is no decision, and goes on', async () => {
    const project = await Project.create(join(root, 'p'), 'p');
    const wrong = { step: 'run', change: { iterations: -1 } } as const;
    await expect(project.decide(wrong)).rejects.toThrow();
    expect(project.decisions.run.iterations).toBe(100);
    await project.decide({ step: 'run', change: { iterations: 3 } });
    expect((await Project.open(project.folder)).decisions.run.iterations).toBe(3);
  });

  it('opens after a crash in the middle of a write', async () => {
    const project = await Project.create(join(root, 'p'), 'p');
    await writeFile(join(project.folder, '.project.json.0011.part'), '{"format": "cortado-pro');
    expect((await Project.open(project.folder)).name).toBe('p');
  });

  it.each([
    ['project.not-a-project', 'no JSON', '{'],
    ['project.not-a-project', 'another file', '{"name": "x"}'],
    ['project.newer', 'of a later version', '{"format": "cortado-project", "version": 99}'],
    ['project.invalid', 'a damaged one', '{"format": "cortado-project", "version": 1, "name": ""}'],
  ])('is refused with %s: %s', async (code, _, content) => {
    await mkdir(join(root, 'p'));
    await writeFile(join(root, 'p', 'project.json'), content);
    await expect(Project.open(join(root, 'p'))).rejects.toMatchObject({ code });
    expect(await readFile(join(root, 'p', 'project.json'), 'utf8')).toBe(content);
  });

  it('is not made over something else', async () => {
    await writeFile(join(root, 'note.txt'), 'mine');
    await expect(Project.create(root, 'p')).rejects.toMatchObject({ code: 'project.folder-in-use' });
    await Project.create(join(root, 'p'), 'p');
    await expect(Project.create(join(root, 'p'), 'p')).rejects.toMatchObject({ code: 'project.folder-in-use' });
    await expect(Project.create(join(root, 'q'), '  ')).rejects.toMatchObject({ code: 'project.name' });
    await expect(Project.create(join(root, 'note.txt', 'p'), 'p')).rejects.toMatchObject({ code: 'project.folder' });
  });
});

describe('recent projects', () => {
  it('come latest first, once each, and say which are gone', async () => {
    const recent = new RecentProjects(join(root, 'config', 'recent.json'));
    expect(await recent.list()).toEqual([]);
    const a = await Project.create(join(root, 'a'), 'A');
    await recent.add(a.folder, a.name);
    await recent.add(join(root, 'gone'), 'Gone');
    await recent.add(a.folder, 'A again');
    expect((await recent.list()).map(({ name, exists }) => [name, exists])).toEqual([
      ['A again', true],
      ['Gone', false],
    ]);
    await recent.forget(join(root, 'gone'));
    expect(await recent.list()).toHaveLength(1);
  });

  it('are all kept where two are added at the same time', async () => {
    const recent = new RecentProjects(join(root, 'recent.json'));
    void recent.add(join(root, 'a'), 'A');
    void recent.add(join(root, 'b'), 'B');
    await recent.written();
    expect((await recent.list()).map(({ name }) => name)).toEqual(['B', 'A']);
  });

  it('are none where the list is damaged', async () => {
    await writeFile(join(root, 'recent.json'), 'not JSON');
    expect(await new RecentProjects(join(root, 'recent.json')).list()).toEqual([]);
  });
});
