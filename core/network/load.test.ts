import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeNet } from '../caffe/net.ts';
import { encodeCaffeModel } from '../caffe/write-caffemodel.ts';
import { CortadoError } from '../common/errors.ts';
import type { Shape, Tensor } from '../common/tensor.ts';
import { elementCount } from '../common/tensor.ts';
import { loadNetwork, networkOf, type LoadOptions } from './load.ts';
import type { Network } from './network.ts';
import { resolveName } from './names.ts';

const input = 'layer { name: "in" type: "Input" top: "data" input_param { shape { dim: 4 dim: 3 dim: 8 dim: 8 } } }\n';
const convolution = (extra = 'num_output: 2 kernel_size: 3'): string =>
  `layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"\n convolution_param { ${extra} } }\n`;

function network(text: string, options?: LoadOptions): Network {
  return networkOf(describeNet(text, 'deploy.prototxt'), options);
}

function errorOf(text: string, options?: LoadOptions): CortadoError {
  try {
    network(text, options);
  } catch (error) {
    if (error instanceof CortadoError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('networkOf', () => {
  it('has a batch of 1 unless told otherwise', () => {
    const text = input + convolution();
    expect(network(text).values.get('conv')?.shape).toEqual([1, 2, 6, 6]);
    expect(network(text, { batch: 'file' }).values.get('conv')?.shape).toEqual([4, 2, 6, 6]);
    expect(network(text, { batch: 7 }).values.get('conv')?.shape).toEqual([7, 2, 6, 6]);
    expect(network(text, { inputShapes: { data: [2, 3, 9, 9] } }).values.get('conv')?.shape).toEqual([2, 2, 7, 7]);
  });

  it('makes versions of a blob that layers overwrite; the name means the last', () => {
    const net = network(
      `${input}${convolution()}
      layer { name: "before" type: "Pooling" bottom: "conv" top: "pool" pooling_param { kernel_size: 2 } }
      layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
      layer { name: "after" type: "ReLU" bottom: "conv" top: "end" }`,
    );
    const [conv, before, relu, after] = net.layers;
    expect(relu.inputs).toEqual(conv.outputs);
    expect(before.inputs).toEqual(conv.outputs);
    expect(relu.outputs).toEqual(['conv']);
    expect(after.inputs).toEqual(['conv']);
    expect(conv.outputs).toEqual(['conv@conv']);
    expect(net.outputs).toEqual(['pool', 'end']);
    expect(resolveName(net, 'conv')).toBe('conv');
    expect(resolveName(net, 'before')).toBe('pool');
    expect(resolveName(net, 'relu')).toBe('conv');
    expect(resolveName(net, 'in')).toBe('data');
    expect(() => resolveName(net, 'convv')).toThrow(/Did you mean conv/);
  });

  it('cuts training away: labels, losses, accuracy, what depends on them, and Silence', () => {
    const net = network(
      `layer { name: "d" type: "Data" top: "data" top: "label" include { phase: TEST }
         transform_param { crop_size: 8 mean_value: 104 mean_value: 117 mean_value: 123 scale: 0.5 } }
       layer { name: "d" type: "Data" top: "data" top: "label" include { phase: TRAIN } transform_param { mirror: true } }
       ${convolution()}
       layer { name: "aside" type: "ReLU" bottom: "data" top: "aside" }
       layer { name: "quiet" type: "Silence" bottom: "aside" }
       layer { name: "flat" type: "Flatten" bottom: "label" top: "flat" }
       layer { name: "loss" type: "SoftmaxWithLoss" bottom: "conv" bottom: "label" top: "loss" }
       layer { name: "acc" type: "Accuracy" bottom: "conv" bottom: "flat" top: "acc" }`,
    );
    expect(net.layers.map(({ name }) => name)).toEqual(['conv']);
    expect(net.inputs).toMatchObject([{ name: 'data', shape: [1, 3, 8, 8] }]);
    expect(net.outputs).toEqual(['conv']);
    expect(net.warnings).toMatchObject([{ location: { field: 'layer "flat".bottom' } }]);
    expect(net.transforms).toMatchObject([
      { meanValues: [104, 117, 123], scale: 0.5, crop: { height: 8, width: 8 } },
      { mirror: true },
    ]);
  });

  it('asks for the shape of an input that the file leaves open', () => {
    const text = `layer { name: "d" type: "Data" top: "data" }\n${convolution()}`;
    expect(errorOf(text)).toMatchObject({ code: 'network.input-shape', location: { line: 1 } });
    expect(network(text, { inputShapes: { data: [1, 3, 8, 8] } }).outputs).toEqual(['conv']);
  });

  it('minds an unknown layer only where it is needed', () => {
    const text = `${input}${convolution()}layer { name: "odd" type: "Convolutoin" bottom: "conv" top: "odd" }`;
    expect(errorOf(text)).toMatchObject({
      code: 'network.unknown-layer',
      location: { line: 4, field: 'layer "odd".type' },
    });
    expect(errorOf(text).message).toContain('Did you mean Convolution?');
    expect(network(text, { outputs: ['conv'] }).layers).toHaveLength(1);
  });

  it.each([
    [convolution().replace('bottom: "data"', 'bottom: "dta"'), 'network.unknown-bottom', 2, /Did you mean data/],
    [
      `layer { name: "r" type: "ReLU" bottom: "conv" top: "r" }\n${convolution()}`,
      'network.unknown-bottom',
      2,
      /later layer, conv/,
    ],
    [
      convolution() + convolution().replaceAll('name: "conv"', 'name: "again"'),
      'network.top-written-twice',
      4,
      /already written by the layer conv/,
    ],
    [convolution('kernel_size: 3'), 'caffe.field-missing', 3, /num_output is missing/],
    [convolution('num_output: 2 kernel_sise: 3'), 'caffe.field-missing', 3, /Did you mean kernel_size/],
    [convolution('num_output: 2 kernel_size: 3 kernel_h: 3 kernel_w: 3'), 'layer.parameter', 3, /Both/],
    [convolution('num_output: 2 kernel_size: 3 stride: 0'), 'layer.parameter', 3, /stride must be 1/],
    [convolution('num_output: 2 kernel_size: 3 group: 2'), 'layer.parameter', 2, /does not divide/],
    [convolution('num_output: 2 kernel_size: 9'), 'layer.shape', 2, /larger than its input of 1x3x8x8/],
    [convolution('num_output: 2000000000 kernel_size: 1'), 'network.shape-too-large', 2, /2\^31/],
    [
      'layer { name: "r" type: "ReLU" bottom: "data" bottom: "data" top: "r" }',
      'network.arity',
      2,
      /1 bottom; this one has 2/,
    ],
    ['layer { name: "e" type: "Eltwise" bottom: "data" top: "e" }', 'network.arity', 2, /2 or more bottoms/],
    ['', 'network.no-outputs', undefined, /computes nothing/],
  ])('refuses %j', (text, code, line, message) => {
    const error = errorOf(input + text);
    expect(error.code).toBe(code);
    expect(error.location.line).toBe(line);
    expect(error.message).toMatch(message);
    expect(error.location.file).toBe('deploy.prototxt');
  });
});

describe('loadNetwork', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cortado-network-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  /** Loads the convolution with weights of these shapes. */
  async function load(shapes: readonly Shape[], name = 'conv'): Promise<Network> {
    const proto = join(folder, 'deploy.prototxt');
    const model = join(folder, 'weights.caffemodel');
    const blobs = shapes.map((shape): Tensor => ({ shape, data: new Float32Array(elementCount(shape)).fill(2) }));
    await writeFile(proto, input + convolution());
    await writeFile(model, encodeCaffeModel('n', [{ name, type: 'Convolution', bottoms: [], tops: [], blobs }]));
    return loadNetwork({ proto, model });
  }

  it('matches weights by layer name', async () => {
    const net = await load([[2, 3, 3, 3], [2]]);
    expect(net.layers[0].weights).toMatchObject([{ shape: [2, 3, 3, 3] }, { shape: [2], data: Float32Array.of(2, 2) }]);
    expect(net.parameters).toBe(56);
    expect(net.macs).toBe(2 * 6 * 6 * 27);
  });

  it('takes the leading ones of old files', async () => {
    expect(
      (
        await load([
          [2, 3, 3, 3],
          [1, 1, 1, 2],
        ])
      ).layers[0].weights?.[1].shape,
    ).toEqual([2]);
  });

  it('refuses weights of the wrong shape, number or name', async () => {
    await expect(load([[2, 3, 5, 5], [2]])).rejects.toMatchObject({
      code: 'network.weights-shape',
      message: 'The weights of the layer conv must be 2x3x3x3; the file has 2x3x5x5.',
      location: { file: join(folder, 'weights.caffemodel'), field: 'layer "conv".blobs[0]' },
    });
    await expect(load([[2, 3, 3, 3]])).rejects.toMatchObject({ code: 'network.weights-count' });
    await expect(load([[2, 3, 3, 3], [2]], 'conw')).rejects.toMatchObject({
      code: 'network.weights-missing',
      message: 'There are no weights for the layer conv. Did you mean conw?',
    });
  });

  it('names a file that is not there', async () => {
    await expect(loadNetwork({ proto: join(folder, 'none') })).rejects.toMatchObject({ code: 'file.read' });
  });
});
