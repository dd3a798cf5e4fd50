import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSamples } from '../calibration/samples.ts';
import type { Tensor } from '../common/tensor.ts';
import { optimise } from '../graph/passes.ts';
import { listImages } from '../images/list-images.ts';
import { resolvePreprocessing } from '../images/resolve-preprocessing.ts';
import { createForwardSession } from '../inference/onnx-session.ts';
import { withInputShapes } from '../network/infer.ts';
import { loadNetwork } from '../network/load.ts';
import { lowerNetwork } from '../network/lower.ts';
import type { Network } from '../network/network.ts';
import type { BlobOption } from './blob-option.ts';
import { blobOptions } from './blob-options.ts';
import { convolutionsOf, methodThresholds } from './candidates.ts';
import { chooseWays } from './choose-ways.ts';
import { channelThresholds } from './channel-thresholds.ts';
import { FollowingLayers } from './following-layers.ts';
import { judgedOutputs, measuredOutputs } from './judged-outputs.ts';

const sample = join(import.meta.dirname, '../../resources/sample');
let network: Network;
let inputs: readonly Tensor[];

beforeAll(async () => {
  const loaded = await loadNetwork({
    proto: join(sample, 'deploy.prototxt'),
    model: join(sample, 'digits.caffemodel'),
  });
  const [{ name, shape }] = loaded.inputs;
  network = withInputShapes(loaded, new Map([[name, [1, ...shape.slice(1)]]]));
  const { preprocessing } = resolvePreprocessing({ transformParams: network.transforms, inputShape: shape, flags: {} });
  const paths = (await listImages(join(sample, 'images'))).slice(0, 4);
  const source = { paths, shape: network.inputs[0].shape, preprocessing, signal: undefined, onSkip: () => undefined };
  const tensors: Tensor[] = [];
  for await (const one of readSamples(source)) tensors.push(...one.tensors);
  inputs = tensors;
});

describe('FollowingLayers', () => {
  it('gives what the network gives where steps are fine, and something else where they are not', async () => {
    const [{ name }] = network.inputs;
    const graph = optimise(lowerNetwork(network));
    const [, second] = convolutionsOf(graph);
    const [id] = second.inputs;
    const session = await createForwardSession(network, { outputs: [id, ...network.outputs] });
    const exact = await session.run(new Map([[name, inputs[0]]]));
    await session.close();
    const following = await FollowingLayers.open(network, id, network.outputs, new Map());
    const values = new Map([[id, exact.get(id)?.data ?? new Float32Array()]]);
    const channels = network.values.get(id)?.shape[1] ?? 0;
    const farthest = async (scale: number, zeroPoint: number): Promise<number> => {
      const found = await following.run(values, { scales: new Float32Array(channels).fill(scale), zeroPoint });
      const wanted = exact.get(network.outputs[0])?.data ?? new Float32Array();
      return wanted.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (found.get(network.outputs[0])?.[i] ?? 9))),
        0,
      );
    };
    const largest = (values.get(id) ?? new Float32Array()).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(following.others).toEqual([]);
    expect(await farthest(127 / largest, 0)).toBeLessThan(0.05);
    expect(await farthest(127 / largest, 127)).toBeLessThan(0.05);
    expect(await farthest(10_000 / largest, 0)).toBeGreaterThan(0.05);
    await following.close();
  });
});

describe('methodThresholds', () => {
  it('stops where there is nothing to calibrate by, with the cause', async () => {
    const graph = optimise(lowerNetwork(network));
    const [{ name, shape }] = network.inputs;
    const read = convolutionsOf(graph).map(({ inputs: [id] }) => id);
    const session = await createForwardSession(network, { outputs: read.filter((id) => id !== name) });
    const filled = (value: number): Promise<unknown> => {
      const tensor = { shape, data: new Float32Array(inputs[0].data.length).fill(value) };
      return methodThresholds(graph, session, name, [{ path: 'p.png', tensor }], {});
    };
    await expect(filled(0)).rejects.toMatchObject({ code: 'calibration.all-zero' });
    await expect(filled(0.5)).rejects.toMatchObject({ code: 'calibration.constant' });
    await expect(filled(Infinity)).rejects.toMatchObject({
      code: 'calibration.not-finite',
      location: { file: 'p.png' },
    });
    await session.close();
  });
});

describe('blobOptions', () => {
  it('measures every blob by every method and thresholds in between, and what clips most costs most', async () => {
    const graph = optimise(lowerNetwork(network));
    const [{ name }] = network.inputs;
    const read = [...new Set(convolutionsOf(graph).map(({ inputs: [id] }) => id))];
    const session = await createForwardSession(network, { outputs: read.filter((id) => id !== name) });
    const named = inputs.map((tensor) => ({ path: 'x', tensor }));
    const byMethod = await methodThresholds(graph, session, name, named, {});
    const channels = await channelThresholds(graph, session, name, inputs);
    await session.close();
    const isKnown = (id: string): boolean => network.values.has(id);
    const outputs = measuredOutputs(graph, judgedOutputs(graph, isKnown), isKnown);
    const seen: number[] = [];
    const details: (string | undefined)[] = [];
    const options = await blobOptions({
      ...{ network, graph, outputs, inputs, byMethod, channels },
      onProgress: ({ done, detail }) => {
        seen.push(done);
        details.push(detail);
      },
    });
    // Each pass is told as something new.
    expect(new Set(details).size).toBe(details.length);
    expect([...options.keys()].sort()).toEqual([...read].sort());
    expect(seen.at(-1)).toBe(read.length);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    for (const [id, list] of options) {
      expect(new Set(list.map(({ by }) => by)), id).toEqual(new Set(['kl', 'mse', 'percentile', 'minmax', 'search']));
      const plain = list.filter(({ share, lowest }) => share === undefined && lowest === undefined);
      const least = Math.min(...plain.map(({ error }) => error));
      const smallest = plain.reduce((a, b) => (b.threshold < a.threshold ? b : a));
      expect(smallest.error, id).toBeGreaterThan(least);
      expect(least, id).toBeLessThan(0.01);
    }
    await expect(
      blobOptions({
        ...{ network, graph, outputs, inputs, byMethod, channels },
        signal: AbortSignal.abort(),
      }),
    ).rejects.toThrow(/abort/i);
  });
});

describe('chooseWays', () => {
  const option = (more: Partial<BlobOption>): BlobOption => ({
    by: 'kl',
    threshold: 1,
    share: undefined,
    lowest: undefined,
    error: 1,
    ...more,
  });
  const graph = { name: '', values: new Map(), inputs: ['data'], outputs: [], operations: [] };
  const options = new Map([
    [
      'data',
      [
        option({}),
        option({ by: 'mse', threshold: 2, error: 0.8 }),
        option({ by: 'search', threshold: 3, error: 0.5 }),
        option({ by: 'search', threshold: 4, share: 0.5, error: 0.3 }),
        option({ by: 'search', threshold: 5, lowest: 0, error: 0.1 }),
      ],
    ],
  ]);

  it.each([
    [[], undefined],
    [['method'], 2],
    [['method', 'search'], 3],
    [['method', 'equalisation'], 4],
    // Nothing here may have an offset.
    [['method', 'offset'], 2],
  ] as const)('takes the least error among %j', (ways, threshold) => {
    expect(chooseWays(graph, options, new Set(ways), new Set()).get('data')?.threshold).toBe(threshold);
  });
});
