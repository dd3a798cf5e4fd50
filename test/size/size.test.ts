import { execFile } from 'node:child_process';
import { open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { encodeCaffeModel } from '../../core/caffe/write-caffemodel.ts';
import { randomSource } from '../../core/common/random.ts';
import { elementCount } from '../../core/common/tensor.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { hasTestData, repositoryRoot, temporaryFolder, testData } from '../support/paths.ts';
import type { Measured } from './measured.ts';

const MEGABYTE = 1e6;
const folder = temporaryFolder();

/** Loads in a process of its own, so that memory is that of the load alone. */
async function load(proto: string, model?: string): Promise<Measured> {
  const script = join(repositoryRoot, 'test/size/load-measured.ts');
  const files = model === undefined ? [proto] : [proto, model];
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...files], {
    cwd: repositoryRoot,
  });
  return JSON.parse(stdout) as Measured;
}

function report(name: string, { outcome, milliseconds, peakBytes }: Measured): void {
  console.log(`${name}: ${outcome}, ${milliseconds} ms, ${Math.round(peakBytes / MEGABYTE)} MB`);
}

describe.skipIf(!hasTestData)('VGG-16', () => {
  const proto = join(testData, 'prototxts', 'vgg16.prototxt');

  it('with random weights, 553 MB, loads in little more memory than that', { timeout: 120_000 }, async () => {
    const model = join(folder, 'vgg16.caffemodel');
    await writeRandomModel(proto, model);
    const { size } = await stat(model);
    expect(size).toBeGreaterThan(553 * MEGABYTE);
    const measured = await load(proto, model);
    report('VGG-16', measured);
    expect(measured.outcome).toBe('138357544 parameters');
    expect(measured.peakBytes).toBeLessThan(1.3 * size);
  });
});

/** A layer at a time: messages one after the other are one message. */
async function writeRandomModel(proto: string, path: string): Promise<void> {
  const network = await loadNetwork({ proto });
  const random = randomSource(1);
  const block = Float32Array.from({ length: 4099 }, () => 0.1 * (random() - 0.5));
  const file = await open(path, 'w');
  try {
    for (const { name, type, bottoms, tops, weightShapes } of network.layers) {
      const blobs = weightShapes.map(({ shape }) => {
        const data = new Float32Array(elementCount(shape));
        for (let at = 0; at < data.length; at += block.length) data.set(block.subarray(0, data.length - at), at);
        return { shape, data };
      });
      await file.writeFile(encodeCaffeModel(network.name, [{ name, type, bottoms, tops, blobs }]));
    }
  } finally {
    await file.close();
  }
}

const plainNet = `input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 2 kernel_size: 1 } }`;

/** A length-delimited field; its length may be a lie. */
function field(number: number, content: readonly number[], length = content.length): readonly number[] {
  return [...varint((number << 3) | 2), ...varint(length), ...content];
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

const text = (value: string): readonly number[] => [...Buffer.from(value)];
const layerOf = (...blobs: readonly (readonly number[])[]): readonly number[] =>
  field(100, [...field(1, text('c')), ...field(2, text('Convolution')), ...blobs.flatMap((blob) => field(7, blob))]);
const shapeOf = (...dims: readonly number[]): readonly number[] => field(7, field(1, dims.flatMap(varint)));

function nested(depth: number): Uint8Array {
  // From the inside out: a group in a group, as unknown fields may hold them.
  return Uint8Array.from([...new Array<number>(depth).fill((900 << 3) | 3)].flatMap(varint));
}

const hostileModels: Readonly<Record<string, Uint8Array>> = {
  'a length past the end': Uint8Array.from(field(100, text('c'), 2 ** 31)),
  'a blob of 2^40 values': Uint8Array.from(layerOf(shapeOf(2 ** 20, 2 ** 20), shapeOf(2))),
  'a shape whose product overflows': Uint8Array.from(layerOf(shapeOf(2 ** 31, 2 ** 31, 2 ** 31, 2 ** 31), shapeOf(2))),
  'data of 2^40 bytes': Uint8Array.from(layerOf([...varint((5 << 3) | 2), ...varint(2 ** 40)])),
  'groups nested 10,000 deep': nested(10_000),
  'a varint without an end': new Uint8Array(64).fill(0xff),
};

const reader = 'layer { name: "r" type: "ReLU" bottom: "data" top: "r" }';

const hostileNets: Readonly<Record<string, string>> = {
  'messages nested 10,000 deep': `${plainNet} ${'x {'.repeat(10_000)}`,
  'an input of 2^40 values': `input: "data" input_shape { dim: 1 dim: 1048576 dim: 1048576 } ${reader}`,
  'an input whose product overflows': `input: "data" input_shape { ${'dim: 2147483647 '.repeat(40)} } ${reader}`,
  'a convolution of 2^40 weights':
    'input: "data" input_shape { dim: 1 dim: 1048576 dim: 1 dim: 1 } layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 1048576 kernel_size: 1 } }',
  'tiles that multiply without end':
    'input: "x" input_shape { dim: 1 dim: 1 }' +
    Array.from(
      { length: 80 },
      (_, i) => `layer { name: "t${i}" type: "Tile" bottom: "x" top: "x" tile_param { tiles: 1000 } }`,
    ).join('\n'),
};

describe('hostile files are refused in little time and memory', () => {
  it.each(Object.entries(hostileModels))('caffemodel: %s', async (name, bytes) => {
    const proto = join(folder, 'plain.prototxt');
    const model = join(folder, 'hostile.caffemodel');
    await writeFile(proto, plainNet);
    await writeFile(model, bytes);
    expectRefusal(name, await load(proto, model));
  });

  it.each(Object.entries(hostileNets))('prototxt: %s', async (name, net) => {
    const proto = join(folder, 'hostile.prototxt');
    await writeFile(proto, net);
    expectRefusal(name, await load(proto));
  });
});

function expectRefusal(name: string, measured: Measured): void {
  report(name, measured);
  expect(measured.outcome).toMatch(/^(caffe|network|layer)\./);
  expect(measured.peakBytes).toBeLessThan(200 * MEGABYTE);
}
