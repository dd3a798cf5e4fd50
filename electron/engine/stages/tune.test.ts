import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildView, TuningView } from '../../shared/schemas/results.ts';
import type { StageName, StageView } from '../../shared/schemas/stages.ts';
import { Engine, type OpenProject } from '../engine.ts';

const resources = fileURLToPath(new URL('../../../resources', import.meta.url));

describe('the search for the best accuracy', () => {
  let folder: string;
  let open: OpenProject;
  const ended = new Map<StageName, (view: StageView) => void>();

  async function run(stage: StageName): Promise<StageView> {
    const end = new Promise<StageView>((resolve) => ended.set(stage, resolve));
    open.desk.start(stage);
    return end;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cortado-tune-'));
    const engine = new Engine(
      (name, payload) => {
        if (name !== 'stage') return;
        const view = payload as StageView;
        if (view.status !== 'queued' && view.status !== 'running') ended.get(view.stage)?.(view);
      },
      () => undefined,
    );
    const request = { kind: 'create', folder: join(folder, 'p'), name: 'p', from: 'sample' } as const;
    await engine.openProject(request, { resources, virtualBoard: { available: false, reason: null } });
    open = engine.project;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('brings the sample closer to fp32, and its scales are used from then on', async () => {
    const { session } = open;
    expect(await run('tune')).toMatchObject({ error: null });
    const found = await session.result<TuningView>('tuning');
    expect(found?.won).toBe(true);
    const kept = found?.steps.filter((step) => step.kept).map(({ divergence }) => divergence ?? 0) ?? [];
    expect(kept.at(-1)).toBeLessThan(kept[0]);
    expect(session.project.decisions.accuracy.scales).toBe('best');
    expect((await session.scales()).file).toBe(session.bestTableFile);
    expect(await run('build')).toMatchObject({ error: null });
    expect((await session.result<BuildView>('target'))?.layers.some(({ runsAs }) => runsAs === 'int8')).toBe(true);
  }, 120_000);

  it('refuses scales that were found for other pictures, and says so in the step', async () => {
    const { session, view } = open;
    await writeFile(join(session.project.folder, 'sample/images/extra.txt'), 'another picture');
    expect((await view()).steps.find(({ step }) => step === 'accuracy')).toMatchObject({
      state: 'attention',
      reasons: ['tuning.outdated'],
    });
    expect((await run('build')).error).toMatchObject({ code: 'tuning.outdated' });
    await session.project.decide({ step: 'accuracy', change: { scales: 'calibrated' } });
    expect((await session.scales()).file).toBe(session.tableFile);
  });
});
