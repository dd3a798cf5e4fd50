import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Engine } from './engine.ts';

const resources = fileURLToPath(new URL('../../resources', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-engine-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function sampleWhere(available: boolean) {
  const engine = new Engine(
    () => undefined,
    () => undefined,
  );
  const request = { kind: 'create', folder: join(folder, String(available)), name: 'p', from: 'sample' } as const;
  return engine.openProject(request, { resources, virtualBoard: { available, reason: null } });
}

it('the sample is for the virtual board', async () => {
  const { decisions } = await sampleWhere(true);
  expect([decisions.target.board, decisions.board.address]).toEqual(['virtual', 'virtual']);
});

it('the sample leaves the board open where there is no virtual one', async () => {
  const { decisions, steps } = await sampleWhere(false);
  expect([decisions.target.board, decisions.board.address]).toEqual([null, null]);
  expect(decisions.images.source).toBe('sample/images');
  expect(steps.find(({ step }) => step === 'board')?.state).not.toBe('done');
});
