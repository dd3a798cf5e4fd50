import * as v from 'valibot';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../core/calibration/calibrate.ts';
import { calibrationTarget } from '../../core/calibration/network-target.ts';
import { foldTable } from '../../core/calibration/fold-table.ts';
import { evaluate, type EvaluationRequest } from '../../core/evaluation/evaluate.ts';
import { readLabels } from '../../core/evaluation/labels.ts';
import { optimise } from '../../core/graph/passes.ts';
import { listImages } from '../../core/images/list-images.ts';
import { resolvePreprocessing } from '../../core/images/resolve-preprocessing.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { lowerNetwork } from '../../core/network/lower.ts';
import { runCli } from '../../core/cli/program.ts';
import { cortado } from '../support/cli.ts';
import { repositoryRoot } from '../support/paths.ts';

const sample = join(repositoryRoot, 'resources/sample');

async function request(): Promise<EvaluationRequest> {
  const network = await loadNetwork({
    proto: join(sample, 'deploy.prototxt'),
    model: join(sample, 'digits.caffemodel'),
  });
  const { preprocessing } = resolvePreprocessing({
    transformParams: network.transforms,
    inputShape: network.inputs[0].shape,
    flags: {},
  });
  const inputs = (await listImages(join(sample, 'images'))).slice(0, 24);
  const { table } = await calibrate({ network, preprocessing, inputs, format: 'ncnn' });
  const graph = optimise(lowerNetwork(network));
  return { network, graph, table: foldTable(table, calibrationTarget(network)), inputs, preprocessing };
}

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const shares = v.strictObject({ top1: share, top5: share });
const closeness = v.strictObject({ sqnr: v.nullable(v.number()), cosine: v.number(), clippedShare: share });
/** What programs rely on (docs/evaluation.md). */
const contract = v.object({
  fp32: shares,
  int8: shares,
  agreement: shares,
  layers: v.array(
    v.object({
      layer: v.string(),
      blob: v.string(),
      alone: closeness,
      accumulated: closeness,
      clippedShare: share,
      advice: v.pipe(v.string(), v.minLength(1)),
    }),
  ),
  used: v.literal(60),
  labelled: v.literal(60),
});

describe('evaluate', () => {
  it('takes a network whose layers all stay in float', async () => {
    const usual = await request();
    const keepFloat = new Set(usual.table.weights.keys());
    const result = await evaluate({ ...usual, inputs: usual.inputs.slice(0, 2), keepFloat });
    expect(result.layers).toEqual([]);
    expect(result.agreement.top1).toBe(1);
    expect(result.outputs.cosine).toBeGreaterThan(0.999999);
  });

  it('finds the sample network right in fp32 and int8, and says how close each layer is', async () => {
    const labels = await readLabels(join(sample, 'labels.csv'));
    const result = await evaluate({ ...(await request()), labels });
    expect(result.used).toBe(24);
    expect(result.labelled).toBe(24);
    expect(result.fp32?.top1).toBeGreaterThan(0.9);
    expect(result.int8?.top1).toBeGreaterThan(0.9);
    expect(result.agreement.top1).toBeGreaterThan(0.95);
    expect(result.layers.length).toBeGreaterThan(1);
    const noises = result.layers.map(({ alone }) => alone.sqnr);
    expect(noises).toEqual(noises.toSorted((a, b) => a - b));
    for (const { layer, alone, accumulated } of result.layers) {
      expect(alone.sqnr, layer).toBeGreaterThan(15);
      expect(accumulated.sqnr, layer).toBeGreaterThan(10);
      expect(alone.cosine, layer).toBeGreaterThan(0.98);
      expect(alone.clippedShare, layer).toBeLessThan(0.05);
      expect(accumulated.clippedShare, layer).toBeLessThan(0.1);
    }
  });

  it('sees a table that is far off, and names the layer', async () => {
    const usual = await request();
    const [first] = usual.table.activations.keys();
    const [scale] = usual.table.activations.get(first) ?? [];
    const activations = new Map(usual.table.activations).set(first, [scale * 40]);
    const result = await evaluate({ ...usual, table: { ...usual.table, activations } });
    expect(result.layers[0].layer).toBe(first);
    expect(result.layers[0].alone.clippedShare).toBeGreaterThan(0.05);
    expect(result.layers[0].advice).toMatch(/saturates/);
    expect(result.fp32).toBeUndefined();
  });

  it('refuses labels of other files', async () => {
    await expect(evaluate({ ...(await request()), labels: new Map([['other.png', 1]]) })).rejects.toMatchObject({
      code: 'evaluation.no-labels',
    });
  });

  it('is a command', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cortado-evaluate-cli-'));
    try {
      const files = ['--proto', join(sample, 'deploy.prototxt'), '--model', join(sample, 'digits.caffemodel')];
      const images = ['--images', join(sample, 'images')];
      const table = join(folder, 'cache');
      expect(await runCli(['calibrate', ...files, ...images, '--format', 'tensorrt', '--output', table])).toBe(0);
      const words = ['evaluate', ...files, ...images, '--table', table, '--labels', join(sample, 'labels.csv')];
      const { code, stdout, stderr } = await cortado([...words, '--layers', '1', '--keep-float', 'fc6', '--json']);
      expect(code, stderr).toBe(0);
      const result = v.parse(contract, JSON.parse(stdout));
      expect(result.layers.length).toBeGreaterThan(3);
      expect(result.layers.map(({ layer }) => layer)).not.toContain('fc6');
      const noises = result.layers.map(({ alone }) => alone.sqnr ?? Infinity);
      expect(noises).toEqual(noises.toSorted((a, b) => a - b));
      const unknown = await cortado([...words, '--layers', '0', '--keep-float', 'nothing']);
      expect(unknown.code).toBe(1);
      expect(unknown.stderr).toContain('no layer "nothing" to keep in float');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
