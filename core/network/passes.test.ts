import { describe, expect, it } from 'vitest';
import { describeNet } from '../caffe/net.ts';
import { randomSource } from '../common/random.ts';
import { elementCount, type Tensor } from '../common/tensor.ts';
import { bypassReshape } from '../graph/bypass-reshape.ts';
import { dropDead } from '../graph/drop-dead.ts';
import { foldAffineForward } from '../graph/fold-affine-forward.ts';
import { foldAffine } from '../graph/fold-affine.ts';
import { fuseActivation } from '../graph/fuse-activation.ts';
import type { Graph } from '../graph/graph.ts';
import { interpret } from '../graph/interpret.ts';
import { optimise } from '../graph/passes.ts';
import { valueOf } from '../graph/uses.ts';
import { networkOf } from './load.ts';
import { lowerNetwork } from './lower.ts';
import { withRandomWeights } from './random-weights.ts';

const input = 'input: "data" input_shape { dim: 2 dim: 4 dim: 7 dim: 6 }';
const layer = (name: string, type: string, bottom: string, top: string, rest = ''): string =>
  `layer { name: "${name}" type: "${type}" ${bottom
    .split(' ')
    .map((blob) => `bottom: "${blob}"`)
    .join(' ')} top: "${top}" ${rest} }`;
const conv = (name: string, bottom: string, top: string): string =>
  layer(name, 'Convolution', bottom, top, 'convolution_param { num_output: 6 kernel_size: 3 pad: 1 group: 2 }');
const fullyConnected = (name: string, bottom: string): string =>
  layer(name, 'InnerProduct', bottom, name, 'inner_product_param { num_output: 5 }');

/** The graph of a network with random weights. */
function graphOf(...layers: readonly string[]): Graph {
  const net = networkOf(describeNet([input, ...layers].join('\n'), 'test.prototxt'), { batch: 'file' });
  return lowerNetwork(withRandomWeights(net, 3));
}

function randomInputs(graph: Graph): Map<string, Tensor> {
  const random = randomSource(11);
  return new Map(
    graph.inputs.map((id) => {
      const { shape } = valueOf(graph, id);
      return [id, { shape, data: Float32Array.from({ length: elementCount(shape) }, () => 4 * random() - 2) }];
    }),
  );
}

/** Runs both graphs and compares every output, whose names must be the same. */
function expectSameOutputs(before: Graph, after: Graph): void {
  expect(after.outputs).toEqual(before.outputs);
  const inputs = randomInputs(before);
  const wanted = interpret(before, inputs);
  const got = interpret(after, inputs);
  for (const [id, tensor] of wanted) {
    const other = got.get(id);
    expect(other?.shape).toEqual(tensor.shape);
    const largest = tensor.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(0);
    tensor.data.forEach((value, index) => {
      expect(Math.abs(value - (other?.data[index] ?? NaN))).toBeLessThanOrEqual(1e-5 * largest);
    });
  }
}

function shapeOfGraph(graph: Graph): string[] {
  return graph.operations.map((operation) =>
    'activation' in operation && operation.activation.kind !== 'none'
      ? `${operation.kind}+${operation.activation.kind}`
      : operation.kind,
  );
}

const norm = (bottom: string): string[] => [
  layer('bn', 'BatchNorm', bottom, bottom),
  layer('sc', 'Scale', bottom, bottom, 'scale_param { bias_term: true }'),
];

describe('foldAffine', () => {
  it('folds BatchNorm and Scale into the convolution before them', () => {
    const graph = graphOf(conv('c', 'data', 'c'), ...norm('c'));
    const folded = foldAffine(graph);
    expect(shapeOfGraph(folded)).toEqual(['convolution']);
    expect(folded.operations[0].output).toBe('c');
    expectSameOutputs(graph, folded);
  });

  it('folds into an inner product and joins a pair that stands alone', () => {
    const graph = graphOf(
      layer('a', 'BatchNorm', 'data', 'a'),
      layer('b', 'Scale', 'a', 'b'),
      fullyConnected('f', 'b'),
      ...norm('f'),
    );
    const folded = foldAffine(graph);
    expect(shapeOfGraph(folded)).toEqual(['affine', 'convolution']);
    expectSameOutputs(graph, folded);
  });

  it('leaves a convolution alone whose result is read elsewhere, is an output, or has an activation', () => {
    const shared = graphOf(
      conv('c', 'data', 'c'),
      layer('bn', 'BatchNorm', 'c', 'b'),
      layer('e', 'Eltwise', 'c b', 'e'),
    );
    expect(foldAffine(shared)).toBe(shared);
    const active = graphOf(conv('c', 'data', 'c'), layer('r', 'ReLU', 'c', 'c'), ...norm('c'));
    expect(shapeOfGraph(foldAffine(fuseActivation(active)))).toEqual(['convolution+relu', 'affine']);
  });
});

describe('foldAffineForward', () => {
  const unpadded = layer(
    'c',
    'Convolution',
    'b',
    'c',
    'convolution_param { num_output: 6 kernel_h: 3 kernel_w: 2 group: 2 }',
  );

  it('folds BatchNorm and Scale into the convolution that reads them', () => {
    const pair = [
      layer('a', 'BatchNorm', 'data', 'a'),
      layer('s', 'Scale', 'a', 'b', 'scale_param { bias_term: true }'),
    ];
    const graph = graphOf(...pair, unpadded);
    const folded = optimise(graph, [foldAffineForward]);
    expect(shapeOfGraph(folded)).toEqual(['convolution']);
    expectSameOutputs(graph, folded);
    const full = graphOf(...pair, fullyConnected('f', 'b'));
    expect(shapeOfGraph(optimise(full, [foldAffineForward]))).toEqual(['convolution']);
    expectSameOutputs(full, optimise(full, [foldAffineForward]));
  });

  it('folds a factor, but no shift, where the convolution pads', () => {
    const factor = graphOf(layer('s', 'Scale', 'data', 'b'), conv('c', 'b', 'c'));
    expect(shapeOfGraph(foldAffineForward(factor))).toEqual(['convolution']);
    expectSameOutputs(factor, foldAffineForward(factor));
    const shift = graphOf(layer('s', 'Scale', 'data', 'b', 'scale_param { bias_term: true }'), conv('c', 'b', 'c'));
    expect(foldAffineForward(shift)).toBe(shift);
  });

  it('leaves what others read, too', () => {
    const shared = graphOf(
      layer('s', 'Scale', 'data', 'b'),
      unpadded,
      layer('p', 'Pooling', 'b', 'p', 'pooling_param { kernel_size: 2 }'),
    );
    expect(foldAffineForward(shared)).toBe(shared);
  });
});

describe('fuseActivation', () => {
  it('fuses each activation into a convolution', () => {
    for (const [type, rest, kind] of [
      ['ReLU', '', 'relu'],
      ['ReLU6', '', 'relu6'],
      ['ReLU', 'relu_param { negative_slope: 0.1 }', 'leaky'],
      ['PReLU', '', 'leaky'],
      ['PReLU', 'prelu_param { channel_shared: true }', 'leaky'],
    ]) {
      const graph = graphOf(conv('c', 'data', 'c'), layer('r', type, 'c', 'c', rest));
      const fused = fuseActivation(graph);
      expect(shapeOfGraph(fused)).toEqual([`convolution+${kind}`]);
      expectSameOutputs(graph, fused);
    }
  });

  it('fuses ReLU into pooling and sums, but no slope, and one activation only', () => {
    const pool = layer('p', 'Pooling', 'data', 'p', 'pooling_param { kernel_size: 3 stride: 2 pad: 1 pool: AVE }');
    const pooled = graphOf(pool, layer('r', 'ReLU', 'p', 'p'), layer('r6', 'ReLU6', 'p', 'q'));
    expect(shapeOfGraph(fuseActivation(pooled))).toEqual(['pooling+relu', 'activation+relu6']);
    expectSameOutputs(pooled, fuseActivation(pooled));
    const sum = graphOf(
      conv('a', 'data', 'a'),
      conv('b', 'data', 'b'),
      layer('e', 'Eltwise', 'a b', 'e', 'eltwise_param { coeff: 1 coeff: -0.5 }'),
      layer('s', 'PReLU', 'e', 'e'),
    );
    expect(shapeOfGraph(fuseActivation(sum)).slice(2)).toEqual(['eltwise-sum', 'activation+leaky']);
    expectSameOutputs(sum, fuseActivation(sum));
  });
});

describe('bypassReshape', () => {
  it('lets an inner product read the image itself', () => {
    const graph = graphOf(layer('f', 'Flatten', 'data', 'f'), fullyConnected('a', 'f'), fullyConnected('b', 'f'));
    const bypassed = bypassReshape(graph);
    expect(shapeOfGraph(bypassed)).toEqual(['convolution', 'convolution']);
    expect(bypassed.operations[0]).toMatchObject({ inputs: ['data'], kernel: { height: 7, width: 6 } });
    expectSameOutputs(graph, bypassed);
  });

  it('drops Dropout and Split and keeps the name of the blob that is left', () => {
    const graph = graphOf(
      conv('c', 'data', 'c'),
      layer('d', 'Dropout', 'c', 'c'),
      layer('s', 'Split', 'c', 's1').replace('top: "s1"', 'top: "s1" top: "s2"'),
      conv('x', 's1', 'x'),
      conv('y', 's2', 'y'),
    );
    const bypassed = bypassReshape(graph);
    expect(shapeOfGraph(bypassed)).toEqual(['convolution', 'convolution', 'convolution']);
    expect(bypassed.operations.map(({ inputs, output }) => [inputs, output])).toEqual([
      [['data'], 'c'],
      [['c'], 'x'],
      [['c'], 'y'],
    ]);
    expectSameOutputs(graph, bypassed);
  });

  it('takes the shape of an output that a Flatten of 1x1 maps gives, and keeps a reshape that it cannot remove', () => {
    const global = layer('g', 'Pooling', 'data', 'g', 'pooling_param { global_pooling: true pool: AVE }');
    const flat = graphOf(global, layer('f', 'Flatten', 'g', 'f'));
    expect(shapeOfGraph(bypassReshape(flat))).toEqual(['pooling']);
    expectSameOutputs(flat, bypassReshape(flat));
    const reshaped = graphOf(layer('r', 'Reshape', 'data', 'r', 'reshape_param { shape { dim: 0 dim: -1 dim: 6 } }'));
    expect(bypassReshape(reshaped)).toBe(reshaped);
    const copy = graphOf(layer('d', 'Dropout', 'data', 'd'));
    expect(bypassReshape(copy)).toBe(copy);
  });
});

describe('dropDead', () => {
  it('removes what no output depends on and keeps inputs', () => {
    const graph = graphOf(conv('a', 'data', 'a'), conv('b', 'data', 'b'));
    const cut = dropDead({ ...graph, outputs: ['b'] });
    expect(cut.operations.map((operation) => operation.layer)).toEqual(['b']);
    expect([...cut.values.keys()].sort()).toEqual(['b', 'data']);
    expect(dropDead(graph)).toBe(graph);
  });
});

describe('optimise', () => {
  it('brings a residual network with a classifier to convolutions and sums', () => {
    const graph = graphOf(
      conv('a', 'data', 'a'),
      ...norm('a'),
      layer('ra', 'ReLU', 'a', 'a'),
      layer(
        'b',
        'Convolution',
        'a',
        'b',
        'convolution_param { num_output: 6 kernel_size: 3 pad: 2 dilation: 2 stride: 1 }',
      ),
      layer('bnb', 'BatchNorm', 'b', 'b'),
      layer('e', 'Eltwise', 'a b', 'e'),
      layer('re', 'ReLU', 'e', 'e'),
      layer('d', 'Dropout', 'e', 'e'),
      layer('f', 'Flatten', 'e', 'f'),
      fullyConnected('fc', 'f'),
      layer('prob', 'Softmax', 'fc', 'prob'),
    );
    const optimised = optimise(graph);
    expect(shapeOfGraph(optimised)).toEqual([
      'convolution+relu',
      'convolution',
      'eltwise-sum+relu',
      'convolution',
      'softmax',
    ]);
    expect(optimised.operations.map(({ output }) => output)).toEqual(['a', 'b', 'e', 'fc', 'prob']);
    expect(optimise(optimised)).toBe(optimised);
    expectSameOutputs(graph, optimised);
  });
});
