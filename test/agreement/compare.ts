import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npyToTensor, readNpy } from '../../core/common/npy.ts';
import type { Tensor } from '../../core/common/tensor.ts';
import { overlap } from '../../core/graph/compute/detection-boxes.ts';
import { createForwardSession } from '../../core/inference/onnx-session.ts';
import { loadNetwork } from '../../core/network/load.ts';
import type { Network } from '../../core/network/network.ts';
import { testData } from '../support/paths.ts';

/** How one blob agrees with its reference. */
export interface BlobAgreement {
  readonly layer: string;
  /** Largest difference, as a share of the reference's largest value; 1 - IoU at the worst for boxes. */
  readonly difference: number;
  /** Boxes above the confidence, which must be as many; undefined for other blobs. */
  readonly boxes?: { readonly wanted: number; readonly found: number };
}

/** Agreement asked for: of a blob's largest value. */
export const tolerance = 1e-3;
/** And of boxes: 1 - IoU. */
export const boxTolerance = 0.01;
const confidence = 0.3;
const rowLength = 7;

interface SampledLayer {
  /** Or the top, where the importer knew no layer of it. */
  readonly layer: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly stride: number;
  readonly offset: number;
  readonly count: number;
}

export function modelNames(): readonly string[] {
  return readdirSync(join(testData, 'models'));
}

export function caseNames(): readonly string[] {
  return readdirSync(join(testData, 'reference', 'ops'));
}

/** Every sampled layer and every output of a model, over its reference inputs. */
export async function compareModel(name: string): Promise<readonly BlobAgreement[]> {
  const reference = join(testData, 'reference', name);
  const network = await load(join(testData, 'models', name));
  const results: BlobAgreement[] = [];
  for (const sample of ['0', '1']) {
    const blobs = await forwardAllLayers(network, await tensorAt(reference, `in${sample}.npy`));
    const index = readJson(join(reference, `index${sample}.json`)) as {
      readonly layers: readonly SampledLayer[];
      readonly outputs: readonly string[];
    };
    const samples = await tensorAt(reference, `acts${sample}.npy`);
    for (const { layer, type, shape, stride, offset, count } of index.layers) {
      if (type === 'DetectionOutput') continue;
      const got = topOf(network, blobs, layer);
      requireShape(layer, shape, got);
      const wanted = samples.data.subarray(offset, offset + count);
      results.push({ layer, difference: difference(wanted, got.data, stride) });
    }
    for (const layer of index.outputs) {
      const wanted = await tensorAt(reference, `out${sample}__${layer.replaceAll('/', '_')}.npy`);
      const got = topOf(network, blobs, layer);
      const isDetection = network.layers.some(({ name: other, type }) => other === layer && type === 'DetectionOutput');
      results.push(
        isDetection
          ? compareBoxes(layer, wanted.data, got.data)
          : { layer, difference: difference(wanted.data, got.data) },
      );
    }
  }
  return results;
}

/** Every output of a single-layer case. */
export async function compareCase(name: string): Promise<readonly BlobAgreement[]> {
  const folder = join(testData, 'reference', 'ops', name);
  const network = await load(folder);
  const blobs = await forwardAllLayers(network, await tensorAt(folder, 'in.npy'));
  const meta = readJson(join(folder, 'meta.json')) as Readonly<
    Record<string, { readonly layer: string; readonly index: number; readonly shape: readonly number[] }>
  >;
  return Promise.all(
    Object.entries(meta).map(async ([file, { layer, index, shape }]) => {
      const got = topOf(network, blobs, layer, index);
      requireShape(layer, shape, got);
      return { layer, difference: difference((await tensorAt(folder, `${file}.npy`)).data, got.data) };
    }),
  );
}

function load(folder: string): Promise<Network> {
  return loadNetwork({ proto: join(folder, 'deploy.prototxt'), model: join(folder, 'weights.caffemodel') });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

async function tensorAt(...parts: readonly string[]): Promise<Tensor> {
  return npyToTensor(await readNpy(join(...parts)));
}

async function forwardAllLayers(network: Network, input: Tensor): Promise<ReadonlyMap<string, Tensor>> {
  const inputName = network.inputs[0].name;
  const session = await createForwardSession(network, {
    outputs: network.layers.flatMap((layer) => layer.outputs),
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

function requireShape(layer: string, wanted: readonly number[], { shape }: Tensor): void {
  if (wanted.join() !== shape.join()) throw new Error(`${layer} is ${shape.join('x')}, not ${wanted.join('x')}`);
}

/** Largest difference relative to the reference's largest value, `stride` values of `got` apart. NaN counts as infinite. */
function difference(wanted: Float32Array, got: Float32Array, stride = 1): number {
  let largest = 0;
  let worst = 0;
  wanted.forEach((value, index) => {
    largest = Math.max(largest, Math.abs(value));
    const delta = Math.abs(value - (got[index * stride] ?? NaN));
    worst = delta <= worst ? worst : Number.isNaN(delta) ? Infinity : delta;
  });
  return worst / largest;
}

/** Boxes above the confidence, in their order: labels must be equal. */
function compareBoxes(layer: string, wanted: Float32Array, got: Float32Array): BlobAgreement {
  const rows = detections(wanted);
  const found = detections(got);
  const differences = rows.map((row, index) => {
    const other = found.at(index);
    if (other?.label !== row.label) return 1;
    return 1 - overlap(row.box, other.box);
  });
  return {
    layer,
    difference: Math.max(0, ...differences),
    boxes: { wanted: rows.length, found: found.length },
  };
}

/** Detections above the confidence: label and corners. */
export function detections(
  data: ArrayLike<number>,
): readonly { readonly label: number; readonly box: readonly [number, number, number, number] }[] {
  const values = Float32Array.from(data);
  return Array.from({ length: values.length / rowLength }, (_, row) => values.subarray(rowLength * row))
    .filter((row) => row[2] > confidence)
    .map((row) => ({ label: row[1], box: [row[3], row[4], row[5], row[6]] as const }));
}
