import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccuracyView, BuildView, TuningView } from '../../shared/schemas/results.ts';
import { openSampleProject, type SampleProject } from '../sample-project.testing.ts';

describe('the search for the best accuracy', () => {
  let open: SampleProject;
  beforeAll(async () => {
    open = await openSampleProject();
  });
  afterAll(() => open.remove());

  it('brings the sample closer to fp32, and its scales are used from then on', async () => {
    const { session, run } = open;
    await session.project.decide({ step: 'accuracy', change: { floatLayers: 'none' } });
    expect(await run('tune')).toMatchObject({ error: null });
    const found = await session.result<TuningView>('tuning');
    expect(found?.won).toBe(true);
    expect(found?.keptFloat).toEqual([]);
    expect(found?.steps.filter(({ what }) => what.endsWith('in float'))).toEqual([]);
    const kept = found?.steps.filter((step) => step.kept).map(({ loss }) => loss) ?? [];
    expect(kept.at(-1)).toBeLessThan(kept[0]);
    expect(session.project.decisions.accuracy.scales).toBe('best');
    expect((await session.scales()).file).toBe(session.bestTableFile);
    expect(await run('build')).toMatchObject({ error: null });
    expect((await session.result<BuildView>('target'))?.layers.some(({ runsAs }) => runsAs === 'int8')).toBe(true);
  }, 120_000);

  it('measures equalised layers against fp32 as they were', async () => {
    expect(await open.run('accuracy')).toMatchObject({ error: null });
    const found = await open.session.result<AccuracyView>('accuracy');
    expect(Math.max(...(found?.layers.map(({ accumulated }) => accumulated) ?? [1]))).toBeLessThan(0.1);
    // Every layer can be kept in float by the name that it is shown by.
    const keepInFloat = found?.layers.map(({ layer }) => layer) ?? [];
    await open.session.project.decide({ step: 'accuracy', change: { keepInFloat } });
    expect(await open.run('accuracy')).toMatchObject({ error: null });
    await open.session.project.decide({ step: 'accuracy', change: { keepInFloat: [] } });
  }, 60_000);

  it('refuses scales that were found for other pictures, and says so in the step', async () => {
    const { session, view, run } = open;
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
