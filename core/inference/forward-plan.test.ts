import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeNet } from '../caffe/net.ts';
import { randomSource } from '../common/random.ts';
import type { Tensor } from '../common/tensor.ts';
import { networkOf } from '../network/load.ts';
import { withRandomWeights } from '../network/random-weights.ts';
import { openPlannedSession, planForward } from './forward-plan.ts';
import type { ForwardSession } from './session.ts';

/** Channels that fill ONNX Runtime's blocks, channels that do not, and layers that only move values. */
const prototxt = `
input: "data" input_shape { dim: [1, 3, 9, 9] }
layer { name: "full" type: "Convolution" bottom: "data" top: "full" convolution_param { num_output: 32 kernel_size: 3 } }
layer { name: "relu" type: "ReLU" bottom: "full" top: "full" }
layer { name: "pool" type: "Pooling" bottom: "full" top: "pool" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "left" type: "Convolution" bottom: "pool" top: "left" convolution_param { num_output: 16 kernel_size: 1 } }
layer { name: "right" type: "Convolution" bottom: "pool" top: "right" convolution_param { num_output: 32 kernel_size: 3 pad: 1 } }
layer { name: "both" type: "Concat" bottom: "left" bottom: "right" top: "both" }
layer { name: "partial" type: "Convolution" bottom: "both" top: "partial" convolution_param { num_output: 20 kernel_size: 1 } }
layer { name: "squash" type: "Sigmoid" bottom: "partial" top: "squash" }
layer { name: "flat" type: "Flatten" bottom: "both" top: "flat" }
layer { name: "end" type: "InnerProduct" bottom: "flat" top: "end" inner_product_param { num_output: 5 } }`;

const network = withRandomWeights(networkOf(describeNet(prototxt, 'test.prototxt')));
const blobs = ['data', 'full', 'pool', 'left', 'both', 'partial', 'squash', 'flat', 'end'];
const shape = [1, 3, 9, 9];

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-plan-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function open(unordered: readonly string[]): Promise<ForwardSession> {
  const planned = planForward(network, blobs, new Map([['data', shape]]), new Set(unordered));
  if (planned === undefined) throw new Error('it cannot be planned');
  const model = join(folder, 'network.onnx');
  await writeFile(model, planned.model);
  const session = await openPlannedSession(model, planned.plan, { provider: 'cpu', threads: 1 });
  expect(await readdir(folder)).toEqual(['network.onnx']);
  return session;
}

function someInputs(count: number): readonly ReadonlyMap<string, Tensor>[] {
  const random = randomSource(3);
  return Array.from({ length: count }, () => {
    const data = Float32Array.from({ length: 243 }, () => 2 * random() - 1);
    return new Map([['data', { shape, data }]]);
  });
}

/** What each of some inputs becomes. */
async function forward(unordered: readonly string[], count = 6): Promise<readonly ReadonlyMap<string, Float32Array>[]> {
  const session = await open(unordered);
  const results: ReadonlyMap<string, Float32Array>[] = [];
  for (const input of someInputs(count)) {
    const tensors = await session.run(input);
    results.push(new Map([...tensors].map(([blob, tensor]) => [blob, tensor.data.slice()])));
  }
  await session.close();
  return results;
}

it('returns blobs in any order where that is asked for: the same values, bit for bit', async () => {
  const ordered = await forward([]);
  const unordered = await forward(blobs);
  unordered.forEach((values, run) => {
    for (const blob of blobs) expect(values.get(blob)?.sort(), blob).toEqual(ordered[run].get(blob)?.slice().sort());
  });
});

it('keeps the values of as many runs as it says', async () => {
  const session = await open(blobs);
  const holds = session.holds ?? Infinity;
  expect(holds).toBeGreaterThan(1);
  const runs = [];
  for (const input of someInputs(3 * holds)) {
    const tensors = [...(await session.run(input)).values()];
    runs.push({ tensors, values: tensors.map(({ data }) => data.slice()) });
    for (const { tensors: held, values } of runs.slice(-holds)) expect(held.map(({ data }) => data)).toEqual(values);
  }
  await session.close();
});

it.runIf(process.arch === 'x64')(
  "has ONNX Runtime's own order in some, where there is one: otherwise nothing is won",
  async () => {
    const [ordered] = await forward([], 1);
    const [unordered] = await forward(blobs, 1);
    expect(unordered.get('both')).not.toEqual(ordered.get('both'));
  },
);

it('keeps the order of the others', async () => {
  const [ordered] = await forward([], 1);
  const [mixed] = await forward(['pool', 'flat'], 1);
  for (const blob of blobs.filter((name) => name !== 'pool' && name !== 'flat')) {
    expect(mixed.get(blob), blob).toEqual(ordered.get(blob));
  }
});
