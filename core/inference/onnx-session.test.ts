import { describe, expect, it } from 'vitest';
import { describeNet } from '../caffe/net.ts';
import { randomSource } from '../common/random.ts';
import { elementCount, type Shape, type Tensor } from '../common/tensor.ts';
import { interpret } from '../graph/interpret.ts';
import { networkOf } from '../network/load.ts';
import { lowerNetwork } from '../network/lower.ts';
import type { Network } from '../network/network.ts';
import { withRandomWeights } from '../network/random-weights.ts';
import { createForwardSession } from './onnx-session.ts';

function network(shape: Shape, ...layers: readonly string[]): Network {
  const input = `input: "data" input_shape { dim: [${shape.join(', ')}] }`;
  return networkOf(describeNet([input, ...layers].join('\n'), 'test.prototxt'), { batch: 'file' });
}

function randomTensor(shape: Shape): Tensor {
  const random = randomSource(5);
  return { shape, data: Float32Array.from({ length: elementCount(shape) }, () => 2 * random() - 1) };
}

async function forward(net: Network, input: Tensor, outputs?: readonly string[]): Promise<ReadonlyMap<string, Tensor>> {
  const session = await createForwardSession(net, { threads: 1, ...(outputs === undefined ? {} : { outputs }) });
  try {
    return await session.run(new Map([['data', input]]));
  } finally {
    await session.close();
  }
}

/** Runs one layer by ONNX Runtime and by the graph's interpreter, written apart from each other. */
async function expectAgreement(shape: Shape, layer: string): Promise<void> {
  const net = withRandomWeights(network(shape, layer));
  const input = randomTensor(shape);
  const results = await forward(net, input);
  const wanted = interpret(lowerNetwork(net), new Map([['data', input]]));
  for (const [id, { shape: wantedShape, data }] of wanted) {
    const got = results.get(id);
    expect(got?.shape).toEqual(wantedShape);
    data.forEach((value, index) => {
      expect(got?.data[index]).toBeCloseTo(value, 4);
    });
  }
}

describe('createForwardSession', () => {
  const inPlace = [
    'layer { name: "scale" type: "Scale" bottom: "data" top: "x" scale_param { bias_term: true } }',
    'layer { name: "relu" type: "ReLU" bottom: "x" top: "x" }',
    'layer { name: "end" type: "Softmax" bottom: "x" top: "y" }',
  ];

  it('reaches every blob by its name, and by its layer where no blob has that name', async () => {
    const net = withRandomWeights(network([1, 4, 2, 2], ...inPlace));
    const input = randomTensor([1, 4, 2, 2]);
    const results = await forward(net, input, ['x', 'scale', 'relu', 'y', 'data']);
    const scaled = results.get('scale')?.data ?? new Float32Array();
    expect(scaled.some((value) => value < 0)).toBe(true);
    expect(results.get('x')?.data).toEqual(scaled.map((value) => Math.max(value, 0)));
    expect(results.get('relu')).toEqual(results.get('x'));
    expect(results.get('data')).toEqual(input);
    expect(results.get('y')?.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(4, 5);
  });

  it('infers shapes anew for another input', async () => {
    const net = withRandomWeights(network([1, 4, 2, 2], ...inPlace));
    const shape = [3, 4, 5, 1];
    const session = await createForwardSession(net, { inputShapes: new Map([['data', shape]]) });
    expect(session.inputs).toEqual(new Map([['data', shape]]));
    const results = await session.run(new Map([['data', randomTensor(shape)]]));
    expect(results.get('y')?.shape).toEqual(shape);
    await expect(session.run(new Map([['data', randomTensor([1, 4, 2, 2])]]))).rejects.toMatchObject({
      code: 'inference.input-shape',
    });
    await expect(session.run(new Map())).rejects.toMatchObject({ code: 'inference.input-shape' });
    await session.close();
  });

  it('refuses names that are not there, missing weights, and inputs that the weights do not fit', async () => {
    const net = network([1, 4, 2, 2], ...inPlace);
    await expect(createForwardSession(net)).rejects.toMatchObject({ code: 'network.no-weights' });
    await expect(createForwardSession(net, { outputs: ['none'] })).rejects.toMatchObject({
      code: 'network.unknown-blob',
    });
    await expect(
      createForwardSession(withRandomWeights(net), { inputShapes: new Map([['data', [1, 5, 2, 2]]]) }),
    ).rejects.toMatchObject({
      code: 'network.input-shape',
      location: { field: 'layer "scale"' },
    });
  });
});

describe('layers in ONNX Runtime and in the interpreter', () => {
  const pooling = (rest: string): string =>
    `layer { name: "p" type: "Pooling" bottom: "data" top: "p" pooling_param { ${rest} } }`;
  const cases: [string, string][] = [];
  for (const pool of ['MAX', 'AVE']) {
    for (const size of ['kernel_size: 2', 'kernel_size: 3', 'kernel_h: 3 kernel_w: 2']) {
      for (const stride of ['', 'stride: 2', 'stride_h: 2 stride_w: 1']) {
        for (const pad of ['', 'pad: 1', 'pad_h: 1 pad_w: 0']) {
          for (const mode of ['', 'ceil_mode: false', 'round_mode: FLOOR']) {
            cases.push([
              `${pool} ${size} ${stride} ${pad} ${mode}`,
              pooling(`pool: ${pool} ${size} ${stride} ${pad} ${mode}`),
            ]);
          }
        }
      }
    }
  }
  it('agree on pooling over a grid of windows', async () => {
    for (const [, layer] of cases) await expectAgreement([2, 3, 8, 7], layer);
  });

  const single = (type: string, rest = ''): string =>
    `layer { name: "l" type: "${type}" bottom: "data" top: "l" ${rest} }`;
  const convolution = (rest: string, type = 'Convolution'): string =>
    single(type, `convolution_param { num_output: 8 ${rest} }`);
  it.each([
    convolution('kernel_size: 3'),
    convolution('kernel_size: 3 kernel_size: 1 pad: 1 pad: 0 stride: 2 stride: 1'),
    convolution('kernel_h: 1 kernel_w: 3 stride_h: 2 stride_w: 3 pad_h: 0 pad_w: 2 bias_term: false'),
    convolution('kernel_size: 3 dilation: 2 pad: 2 group: 4'),
    convolution('kernel_size: 3 pad: 1', 'ConvolutionDepthwise'),
    convolution('kernel_size: 3 group: 4 stride: 2', 'DepthwiseConvolution'),
    single('InnerProduct', 'inner_product_param { num_output: 5 }'),
    single('InnerProduct', 'inner_product_param { num_output: 5 transpose: true bias_term: false }'),
    single('BatchNorm'),
    single('Scale'),
    single('Scale', 'scale_param { bias_term: true }'),
    single('PReLU'),
    single('ReLU', 'relu_param { negative_slope: 0.2 }'),
    single('ReLU6'),
    single('Softmax', 'softmax_param { axis: -1 }'),
    single('Flatten', 'flatten_param { axis: 2 }'),
    single('Reshape', 'reshape_param { shape { dim: -1 dim: 2 } axis: 1 num_axes: 1 }'),
    single('Dropout'),
    'layer { name: "l" type: "Concat" bottom: "data" bottom: "data" top: "l" concat_param { axis: 2 } }',
    'layer { name: "l" type: "Eltwise" bottom: "data" bottom: "data" top: "l" eltwise_param { coeff: 2 coeff: -0.5 } }',
    'layer { name: "l" type: "Split" bottom: "data" top: "l" top: "m" }',
  ])('agree on %s', async (layer) => {
    await expectAgreement([2, 4, 7, 6], layer);
  });
});

describe('layers against values worked out by hand', () => {
  async function run(shape: Shape, values: readonly number[], layer: string): Promise<number[]> {
    const net = withRandomWeights(network(shape, `layer { name: "l" bottom: "data" top: "l" ${layer} }`));
    const results = await forward(net, { shape, data: Float32Array.from(values) });
    return [...(results.get('l')?.data ?? [])];
  }

  it('average pooling divides by the window inside the padded input', async () => {
    // 1x1x1x4, kernel 3, stride 2, pad 1: three windows of 3, 3 and (clipped at 4 + 1) 2 columns; rows 3, of which 1 is real.
    const pool = 'type: "Pooling" pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 }';
    const result = await run([1, 1, 1, 4], [1, 2, 3, 4], pool);
    expect(result).toHaveLength(3);
    [3 / 9, 9 / 9, 4 / 6].forEach((value, index) => {
      expect(result[index]).toBeCloseTo(value, 6);
    });
  });

  it('max pooling rounds up', async () => {
    const pool = 'type: "Pooling" pooling_param { kernel_h: 1 kernel_w: 2 stride: 2 }';
    expect(await run([1, 1, 1, 5], [1, 5, 2, 3, -7], pool)).toEqual([5, 3, -7]);
  });

  it('LRN across channels', async () => {
    const lrn = 'type: "LRN" lrn_param { local_size: 3 alpha: 3 beta: 1 k: 2 }';
    const result = await run([1, 3, 1, 1], [1, 2, 3], lrn);
    // k + alpha / n * sum of squares: 2 + 5, 2 + 14, 2 + 13.
    [1 / 7, 2 / 16, 3 / 15].forEach((value, index) => {
      expect(result[index]).toBeCloseTo(value, 6);
    });
  });

  it('BatchNorm by the statistics of the batch', async () => {
    const norm = 'type: "BatchNorm" batch_norm_param { use_global_stats: false eps: 0 }';
    expect(await run([2, 1, 1, 1], [1, 3], norm)).toEqual([-1, 1]);
  });

  it('Eltwise product and maximum', async () => {
    const both = 'bottom: "data" type: "Eltwise" eltwise_param';
    expect(await run([1, 2], [3, -2], `${both} { operation: PROD }`)).toEqual([9, 4]);
    expect(await run([1, 2], [3, -2], `${both} { operation: MAX }`)).toEqual([3, -2]);
  });

  it.each<[string, Shape, readonly number[], readonly number[]]>([
    ['type: "AbsVal"', [1, 3], [-1, 0, 2], [1, 0, 2]],
    ['type: "Power" power_param { power: 2 scale: 3 shift: 1 }', [1, 2], [1, -1], [16, 4]],
    ['type: "Power" power_param { scale: 2 }', [1, 2], [1, -1], [2, -2]],
    ['type: "Exp" exp_param { base: 2 scale: 2 shift: 1 }', [1, 2], [1, 0], [8, 2]],
    ['type: "Log" log_param { base: 10 scale: 10 }', [1, 2], [1, 10], [1, 2]],
    ['type: "BNLL"', [1, 1], [0], [Math.log(2)]],
    ['type: "ELU" elu_param { alpha: 2 }', [1, 2], [3, -1], [3, 2 * (Math.exp(-1) - 1)]],
    ['type: "Threshold" threshold_param { threshold: 1 }', [1, 3], [0, 1, 2], [0, 0, 1]],
    ['type: "Clip" clip_param { min: -1 max: 2 }', [1, 3], [-5, 1, 5], [-1, 1, 2]],
    ['type: "Swish"', [1, 1], [1], [1 / (1 + Math.exp(-1))]],
    ['type: "Permute" permute_param { order: 0 order: 2 }', [1, 2, 3], [1, 2, 3, 4, 5, 6], [1, 4, 2, 5, 3, 6]],
    ['type: "Tile" tile_param { axis: 1 tiles: 2 }', [2, 2], [1, 2, 3, 4], [1, 2, 1, 2, 3, 4, 3, 4]],
    ['type: "Reduction" reduction_param { axis: 1 coeff: 0.5 }', [2, 2], [1, 2, 3, 4], [1.5, 3.5]],
    ['type: "Reduction" reduction_param { operation: ASUM }', [2, 2], [1, -2, 3, -4], [10]],
    ['type: "Reduction" reduction_param { operation: SUMSQ axis: 1 }', [2, 2], [1, -2, 3, -4], [5, 25]],
    ['type: "Reduction" reduction_param { operation: MEAN axis: 1 }', [2, 2], [1, 2, 3, 4], [1.5, 3.5]],
    ['type: "ArgMax"', [2, 3], [1, 5, 2, 9, 0, 3], [1, 0]],
    ['type: "ArgMax" argmax_param { top_k: 2 out_max_val: true }', [1, 3], [1, 5, 2], [1, 2, 5, 2]],
    ['type: "ArgMax" argmax_param { axis: 1 out_max_val: true }', [2, 2, 1], [1, 5, 9, 3], [5, 9]],
    ['type: "Upsample" upsample_param { scale: 2 }', [1, 1, 1, 2], [1, 2], [1, 1, 2, 2, 1, 1, 2, 2]],
    ['type: "ShuffleChannel" shuffle_channel_param { group: 2 }', [1, 4, 1, 1], [1, 2, 3, 4], [1, 3, 2, 4]],
    ['type: "Interp" interp_param { zoom_factor: 2 }', [1, 1, 1, 3], [1, 3, 5], [1, 2, 3, 4, 5]],
    ['type: "Interp" interp_param { height: 1 width: 2 pad_beg: 0 pad_end: 0 }', [1, 1, 1, 3], [1, 3, 5], [1, 5]],
    ['type: "MVN" mvn_param { eps: 0 }', [1, 1, 1, 2], [1, 3], [-1, 1]],
    ['type: "MVN" mvn_param { normalize_variance: false across_channels: true }', [1, 2, 1, 1], [1, 3], [-1, 1]],
    ['type: "Crop" bottom: "data" crop_param { axis: 1 }', [1, 2], [1, 2], [1, 2]],
    ['type: "Scale" bottom: "data" scale_param { axis: 0 }', [1, 2], [3, -2], [9, 4]],
    ['type: "Bias" bottom: "data" bias_param { axis: 0 }', [1, 2], [3, -2], [6, -4]],
  ])('%s', async (layer, shape, values, wanted) => {
    const result = await run(shape, values, layer);
    expect(result).toHaveLength(wanted.length);
    wanted.forEach((value, index) => {
      expect(result[index]).toBeCloseTo(value, 5);
    });
  });

  it('Slice at points and in equal parts', async () => {
    const layer = (rest: string): string =>
      `layer { name: "l" type: "Slice" bottom: "data" top: "a" top: "b" slice_param { axis: 1 ${rest} } }`;
    const input = { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) };
    for (const [rest, first, second] of [
      ['slice_point: 1', [1], [2, 3, 4]],
      ['', [1, 2], [3, 4]],
    ] as const) {
      const results = await forward(network([1, 4], layer(rest)), input);
      expect([...(results.get('a')?.data ?? [])]).toEqual(first);
      expect([...(results.get('b')?.data ?? [])]).toEqual(second);
    }
  });

  it('PriorBox: a square, the side between sizes, and ratios with their inverses', async () => {
    const box =
      'bottom: "data" type: "PriorBox" prior_box_param { min_size: 4 max_size: 9 aspect_ratio: 4 img_size: 10 variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 clip: true }';
    const result = await run([1, 1, 1, 1], [0], box);
    const boxes = [
      [0.3, 0.3, 0.7, 0.7],
      [0.2, 0.2, 0.8, 0.8],
      [0.1, 0.4, 0.9, 0.6],
      [0.4, 0.1, 0.6, 0.9],
    ].flat();
    expect(result).toHaveLength(32);
    [...boxes, ...[0, 1, 2, 3].flatMap(() => [0.1, 0.1, 0.2, 0.2])].forEach((value, index) => {
      expect(result[index]).toBeCloseTo(value, 6);
    });
  });
});
