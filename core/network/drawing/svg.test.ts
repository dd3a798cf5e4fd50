import { describe, expect, it } from 'vitest';
import { describeNet } from '../../caffe/net.ts';
import { inspectNetwork } from '../inspect.ts';
import { networkOf } from '../load.ts';
import { drawnNetwork } from './nodes.ts';
import { drawNetwork } from './svg.ts';

const network = networkOf(
  describeNet(
    `name: "a <b> & c"
input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "left" type: "Pooling" bottom: "conv" top: "left" pooling_param { kernel_size: 2 stride: 2 } }
layer { name: "norm" type: "BatchNorm" bottom: "left" top: "norm" batch_norm_param { use_global_stats: false } }
layer { name: "sum" type: "Eltwise" bottom: "left" bottom: "norm" top: "sum" }`,
    'small.prototxt',
  ),
);
const inspection = inspectNetwork(network);

describe('drawNetwork', () => {
  it('draws a box a layer, in-place layers inside the box before them', () => {
    const { nodes, edges } = drawnNetwork(network, inspection);
    expect(nodes.map(({ title, name, inPlace, runs }) => [title, name, inPlace, runs])).toEqual([
      ['Input', 'data', [], 'input'],
      ['Convolution', 'conv', ['ReLU'], 'int8'],
      ['Pooling', 'left', [], 'int8'],
      ['BatchNorm', 'norm', [], 'not'],
      ['Eltwise', 'sum', [], 'int8'],
    ]);
    expect(edges.map(({ from, to }) => [from, to].map((id) => nodes.find((node) => node.id === id)?.name))).toEqual([
      ['data', 'conv'],
      ['conv', 'left'],
      ['left', 'norm'],
      ['left', 'sum'],
      ['norm', 'sum'],
    ]);
  });

  it('writes well-formed SVG with all texts inside the picture', () => {
    const svg = drawNetwork(network, inspection);
    expect(svg).toContain('<title>a &lt;b&gt; &amp; c</title>');
    for (const text of ['3x3', '1x4x6x6', '+ ReLU', 'runs as int8']) expect(svg).toContain(`>${text}<`);
    const open = svg.match(/<(?!\/)[a-z]+[^>]*[^/]>/g)?.length;
    expect(open).toBe(svg.match(/<\/[a-z]+>/g)?.length);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)?.map(Number) ?? [];
    for (const [, x, y] of svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"/g)) {
      expect(Number(x)).toBeLessThan(width);
      expect(Number(y)).toBeLessThan(height);
    }
    expect(drawNetwork(network, inspection)).toBe(svg);
  });

  it('puts a layer below those that it reads', () => {
    const heights = new Map(
      [
        ...drawNetwork(network, inspection).matchAll(/<title>[A-Za-z]+ (\w+)<\/title><rect x="[-\d.]+" y="([\d.]+)"/g),
      ].map(([, name, y]) => [name, Number(y)]),
    );
    const order = ['data', 'conv', 'left', 'norm', 'sum'].map((name) => heights.get(name) ?? NaN);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });
});
