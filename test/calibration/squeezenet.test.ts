import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { calibrate } from '../../core/calibration/calibrate.ts';
import type { CalibrationResult } from '../../core/calibration/calibrate-target.ts';
import type { TableFormat } from '../../core/calibration/table.ts';
import { listImages } from '../../core/images/list-images.ts';
import { resolvePreprocessing } from '../../core/images/resolve-preprocessing.ts';
import { loadNetwork } from '../../core/network/load.ts';
import type { Network } from '../../core/network/network.ts';
import { hasTestData, repositoryRoot, testData } from '../support/paths.ts';

const python = '/usr/bin/python3';
const hasNumpy = spawnSync(python, ['-c', 'import numpy']).status === 0;

/** Bins that the transcription of the format's rules chooses on the histograms that calibration made. */
function referenceBins(format: TableFormat, { layers }: CalibrationResult): readonly number[] {
  const input = Buffer.concat(layers.map(({ histogram }) => Buffer.from(histogram.counts.buffer)));
  const script = join(repositoryRoot, 'test/reference/kl_reference.py');
  return JSON.parse(execFileSync(python, [script, format], { input }).toString()) as number[];
}

describe.skipIf(!hasTestData)('SqueezeNet v1.1 on photographs', () => {
  const results = new Map<TableFormat, CalibrationResult>();
  let network: Network;

  beforeAll(async () => {
    const folder = join(testData, 'models/squeezenet_v1.1');
    network = await loadNetwork({ proto: join(folder, 'deploy.prototxt'), model: join(folder, 'weights.caffemodel') });
    const { preprocessing } = resolvePreprocessing({
      transformParams: network.transforms,
      inputShape: network.inputs[0].shape,
      flags: { mean: [104, 117, 123], size: { width: 256, height: 256 } },
    });
    const inputs = (await listImages(join(testData, 'images/imagenet'))).filter((_, index) => index % 20 === 0);
    for (const format of ['release', 'dev-weight', 'ncnn'] as const) {
      results.set(format, await calibrate({ network, preprocessing, inputs, format }));
    }
  });

  function result(format: TableFormat): CalibrationResult {
    const found = results.get(format);
    if (found === undefined) throw new Error(`no result for ${format}`);
    return found;
  }

  it.skipIf(!hasNumpy).each(['release', 'dev-weight'] as const)(
    "%s: the transcription's thresholds, on real histograms",
    (format) => {
      const { layers } = result(format);
      expect(layers.map(({ bin }) => bin)).toEqual(referenceBins(format, result(format)));
      for (const { bin, max, scale } of layers) expect(scale).toBe(127 / ((bin + 0.5) * (max / 2048)));
    },
  );

  it('the lines that each format has', () => {
    const convolutions = network.layers.filter(({ type }) => type === 'Convolution').map(({ name }) => name);
    expect(convolutions).toHaveLength(26);
    for (const format of ['dev-weight', 'ncnn'] as const) {
      const { weights, activations } = result(format).table;
      expect([...weights.keys()]).toEqual(convolutions);
      expect([...activations.keys()]).toEqual(convolutions);
      for (const [name, scales] of weights) {
        expect(scales, name).toHaveLength(
          network.layers.find((layer) => layer.name === name)?.weights?.[0].shape[0] ?? 0,
        );
      }
    }
    const release = result('release').table;
    expect([...release.weights.keys()]).toEqual(convolutions);
    expect([...release.activations.keys()].slice(0, 4)).toEqual(['data', 'conv1', 'pool1', 'fire2/squeeze1x1']);
    expect(release.activations.size).toBe(new Set(network.layers.map(({ tops }) => tops[0])).size + 1);
  });

  it('sane thresholds: most of the range kept, hardly a value clipped', () => {
    for (const format of results.keys()) {
      for (const { key, blob, threshold, max, clippedShare } of result(format).layers) {
        expect(threshold, key).toBeGreaterThan(max / 20);
        expect(threshold, key).toBeLessThanOrEqual(max);
        // White pixels lie a hair above the input's threshold; a softmax's largest values far above its own.
        if (blob !== 'prob') expect(clippedShare, key).toBeLessThan(blob === 'data' ? 0.05 : 0.01);
      }
    }
  });

  it('blobs as they stand after in-place layers: nothing below 0 after a ReLU', () => {
    const squeezed = result('release').layers.find(({ key }) => key === 'fire2/squeeze1x1');
    const inNcnn = result('ncnn').layers.find(({ blob }) => blob === 'fire2/squeeze1x1');
    expect(squeezed?.max).toBe(inNcnn?.max);
    expect([...(squeezed?.histogram.counts ?? [])]).toEqual([...(inNcnn?.histogram.counts ?? [1])]);
  });
});
