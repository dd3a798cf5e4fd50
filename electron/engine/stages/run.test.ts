import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReport } from '../../../core/report/read.ts';
import { reportFile } from '../report-files.ts';
import { openSampleProject, type SampleProject } from '../sample-project.testing.ts';

describe('the stage "run"', () => {
  let open: SampleProject;
  beforeAll(async () => {
    open = await openSampleProject();
    expect(await open.run('calibrate')).toMatchObject({ error: null });
    expect(await open.run('build')).toMatchObject({ error: null });
  }, 60_000);
  afterAll(() => open.remove());

  it('lets the board answer the picture that the user chose', async () => {
    const { session } = open;
    const images = await session.images();
    const labels = await session.labels();
    const picture = images[images.length - 1];
    expect(labels.labelOf(picture)).not.toBe(labels.labelOf(images[0]));
    await session.project.decide({ step: 'run', change: { picture, iterations: 3, warmup: 0 } });
    expect(session.project.decisions.run.picture).toMatch(/^sample\/images\//);
    expect(await open.run('run')).toMatchObject({ error: null });
    const { report = '' } = (await session.result<{ report: string }>('run')) ?? {};
    const { outputs } = await readReport(reportFile(session.project.folder, report));
    expect(outputs[0].top[0].label).toBe(labels.labelOf(picture));
  }, 60_000);
});
