import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardGraph } from '../../core/quantization/board-graph.ts';
import { runCli } from '../../core/cli/program.ts';
import { listImages } from '../../core/images/list-images.ts';
import { resolvePreprocessing } from '../../core/images/resolve-preprocessing.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { tune } from '../../core/tuning/tune.ts';
import { repositoryRoot } from '../support/paths.ts';

const sample = join(repositoryRoot, 'resources/sample');
const files = { proto: join(sample, 'deploy.prototxt'), model: join(sample, 'digits.caffemodel') };
const words = ['--proto', files.proto, '--model', files.model];
const images = ['--images', join(sample, 'images')];
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-best-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('best accuracy', () => {
  it('says what every step won, and keeps none that lost', async () => {
    const network = await loadNetwork(files);
    const { preprocessing } = resolvePreprocessing({
      transformParams: network.transforms,
      inputShape: network.inputs[0].shape,
      flags: {},
    });
    const inputs = (await listImages(join(sample, 'images'))).slice(0, 24);
    const { steps, keptFloat, table, notes } = await tune({ network, inputs, preprocessing, floatShare: 0 });
    expect(notes).toEqual([expect.stringMatching(/^Only 24 inputs/)]);
    expect(keptFloat).toEqual([]);
    expect(table.weights.size).toBeGreaterThan(1);
    expect(steps[0]).toMatchObject({ what: 'KL', kept: true });
    let best = Infinity;
    for (const { what, loss, kept } of steps) {
      if (kept) expect(loss, what).toBeLessThan(best);
      if (kept) best = loss;
    }
    expect(steps.map(({ what }) => what)).toContain('weights rounded by what they multiply, biases corrected');
    await expect(tune({ network, inputs: inputs.slice(0, 7), preprocessing })).rejects.toMatchObject({
      code: 'tuning.few-inputs',
    });
  });

  it('stops in the middle of measuring', async () => {
    const network = await loadNetwork(files);
    const { preprocessing } = resolvePreprocessing({
      transformParams: network.transforms,
      inputShape: network.inputs[0].shape,
      flags: {},
    });
    const inputs = (await listImages(join(sample, 'images'))).slice(0, 24);
    for (const wanted of ['counting values', 'measuring blobs', 'tuning']) {
      const controller = new AbortController();
      const stages: string[] = [];
      const running = tune({
        ...{ network, inputs, preprocessing, signal: controller.signal },
        onProgress: ({ stage }) => {
          stages.push(stage);
          if (stage === wanted) controller.abort();
        },
      });
      await expect(running).rejects.toThrow(/abort/i);
      expect(stages.filter((stage) => stage === wanted)).toHaveLength(1);
    }
  });

  it('writes a table that build and evaluate take with its tuning, and calibrate takes the tuning away again', async () => {
    const table = join(folder, 'best.table');
    expect(await runCli(['calibrate', ...words, ...images, '--best-accuracy', '--output', table])).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['best.table', 'best.table.tuning.json']);
    expect((await boardGraph(await loadNetwork(files), table)).table.weights.size).toBeGreaterThan(1);
    expect(await runCli(['evaluate', ...words, ...images, '--table', table, '--layers', '1', '--json'])).toBe(0);
    expect(await runCli(['build', 'neon', ...words, '--table', table, '--output', join(folder, 'p')])).toBe(0);
    expect(await runCli(['calibrate', ...words, ...images, '--output', table])).toBe(0);
    expect(await readdir(folder)).not.toContain('best.table.tuning.json');
  });

  it('refuses a method besides', async () => {
    const call = [
      'calibrate',
      ...words,
      ...images,
      '--best-accuracy',
      '--method',
      'mse',
      '--output',
      join(folder, 'x'),
    ];
    expect(await runCli(call)).toBe(2);
  });
});
