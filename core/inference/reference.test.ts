import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { npyToTensor, readNpy } from '../common/npy.ts';
import { hasTestData, testData } from '../common/test-data.ts';
import type { Tensor } from '../common/tensor.ts';
import { loadNetwork } from '../network/load.ts';
import type { Network } from '../network/network.ts';
import { createForwardSession } from './onnx-session.ts';

/** Agreement asked for: of a blob's largest value. */
const tolerance = 1e-3;

interface SampledLayer {
  /** Or the top, where the importer knew no layer of it. */
  readonly layer: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly stride: number;
  readonly offset: number;
  readonly count: number;
}

async function tensorAt(...parts: readonly string[]): Promise<Tensor> {
  return npyToTensor(await readNpy(testData(...parts)));
}

/** Largest difference relative to the reference's largest value, `stride` values of `got` apart. */
function difference(wanted: Float32Array, got: Float32Array, stride = 1): number {
  let largest = 0;
  let worst = 0;
  wanted.forEach((value, index) => {
    largest = Math.max(largest, Math.abs(value));
    const delta = Math.abs(value - (got[index * stride] ?? NaN));
    worst = delta <= worst ? worst : delta;
  });
  return worst / largest;
}

async function forwardAllLayers(network: Network, input: Tensor): Promise<ReadonlyMap<string, Tensor>> {
  const inputName = network.inputs[0].name;
  const ids = network.layers.flatMap((layer) => layer.outputs);
  const session = await createForwardSession(network, {
    outputs: ids,
    inputShapes: new Map([[inputName, input.shape]]),
  });
  try {
    return await session.run(new Map([[inputName, input]]));
  } finally {
    await session.close();
  }
}

/** What a layer writes into its top `index`. */
function topOf(network: Network, results: ReadonlyMap<string, Tensor>, name: string, index = 0): Tensor {
  const layer =
    network.layers.find((candidate) => candidate.name === name) ??
    network.layers.find((candidate) => candidate.tops.includes(name));
  const result = results.get(layer?.outputs[index] ?? '');
  if (result === undefined) throw new Error(`no result for the layer ${name}`);
  return result;
}

/** Rows of a detection output above a confidence: label and corners. */
function detections(data: Float32Array, confidence: number): number[][] {
  const rows = Array.from({ length: data.length / 7 }, (_, row) => [...data.subarray(7 * row, 7 * row + 7)]);
  return rows.filter((row) => row[2] > confidence).map(([image, label, , ...corners]) => [image, label, ...corners]);
}

/** The same boxes above a confidence of 0.3; corners to a hundredth of a per cent of the image. */
function expectSameDetections(wanted: Tensor, got: Tensor): void {
  const boxes = detections(wanted.data, 0.3);
  const found = detections(got.data, 0.3);
  expect(boxes.length).toBeGreaterThan(0);
  expect(found.length).toBe(boxes.length);
  found.forEach((row, index) => {
    row.forEach((value, column) => {
      expect(value).toBeCloseTo(boxes[index][column], 4);
    });
  });
}

describe.skipIf(!hasTestData)('forward agrees with reference outputs', () => {
  const models = hasTestData ? readdirSync(testData('models')) : [];
  it.each(models)('%s', async (name) => {
    const network = await loadNetwork({
      proto: testData('models', name, 'deploy.prototxt'),
      model: testData('models', name, 'weights.caffemodel'),
    });
    for (const sample of ['0', '1']) {
      const results = await forwardAllLayers(network, await tensorAt('reference', name, `in${sample}.npy`));
      const index = JSON.parse(readFileSync(testData('reference', name, `index${sample}.json`), 'utf8')) as {
        layers: SampledLayer[];
        outputs: string[];
      };
      const samples = await tensorAt('reference', name, `acts${sample}.npy`);
      expect(index.layers.length).toBeGreaterThan(0);
      for (const { layer, type, shape, stride, offset, count } of index.layers) {
        if (type === 'DetectionOutput') continue;
        const got = topOf(network, results, layer);
        expect([layer, got.shape]).toEqual([layer, shape]);
        const wanted = samples.data.subarray(offset, offset + count);
        expect(difference(wanted, got.data, stride), layer).toBeLessThanOrEqual(tolerance);
      }
      for (const layer of index.outputs) {
        const wanted = await tensorAt('reference', name, `out${sample}__${layer.replaceAll('/', '_')}.npy`);
        const got = topOf(network, results, layer);
        const isDetector = network.layers.at(-1)?.type === 'DetectionOutput';
        if (isDetector) expectSameDetections(wanted, got);
        else expect(difference(wanted.data, got.data), layer).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  const operations = hasTestData ? readdirSync(testData('reference', 'ops')) : [];
  it.each(operations)('ops/%s', async (name) => {
    const network = await loadNetwork({
      proto: testData('reference', 'ops', name, 'deploy.prototxt'),
      model: testData('reference', 'ops', name, 'weights.caffemodel'),
    });
    const results = await forwardAllLayers(network, await tensorAt('reference', 'ops', name, 'in.npy'));
    const meta = JSON.parse(readFileSync(testData('reference', 'ops', name, 'meta.json'), 'utf8')) as Record<
      string,
      { layer: string; index: number; shape: number[] }
    >;
    for (const [file, { layer, index, shape }] of Object.entries(meta)) {
      expect(existsSync(testData('reference', 'ops', name, `${file}.npy`))).toBe(true);
      const wanted = await tensorAt('reference', 'ops', name, `${file}.npy`);
      const got = topOf(network, results, layer, index);
      expect(got.shape).toEqual(shape);
      expect(difference(wanted.data, got.data)).toBeLessThanOrEqual(tolerance);
    }
  });
});
