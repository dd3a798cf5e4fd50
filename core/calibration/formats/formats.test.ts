import { describe, expect, it } from 'vitest';
import { convolutionWeights, smallTarget, square } from '../fixtures.testing.ts';
import { aciq } from '../methods/aciq.ts';
import { devWeight } from './dev-weight.ts';
import { dev } from './dev.ts';
import { ncnn } from './ncnn.ts';
import { release } from './release.ts';
import { tensorRt } from './tensorrt.ts';

const target = smallTarget();

describe('release', () => {
  it('lists convolutions of 1 and 3 and every distinct first top, the input first', () => {
    expect(release.weightLayers(target).map(({ name }) => name)).toEqual(['conv1', 'conv2']);
    const lines = release.activationLines(target, 0);
    expect(lines.map(({ key }) => key)).toEqual(['data', 'c1', 'c2', 'c3', 'fc', 'prob']);
    expect(lines.map(({ needed }) => needed)).toEqual([true, true, true, true, false, false]);
  });

  it('has one scale over the whole blob, 0 for a dead one', () => {
    const weights = convolutionWeights([
      [0.5, -2],
      [0.1, 0],
    ]);
    expect(release.weightScales(weights, 'Convolution', 0)).toEqual([63.5]);
    expect(release.weightScales(convolutionWeights([[0, 0]]), 'Convolution', 0)).toEqual([0]);
  });
});

describe('dev', () => {
  it('lists convolutions of 1 and 3 by layer, a scale per group only where it is asked to', () => {
    const parts = (group: 0 | 1): unknown =>
      dev.activationLines(target, group).map((line) => [line.key, line.blob, line.parts]);
    expect(parts(0)).toEqual([
      ['conv1', 'data', 1],
      ['conv2', 'c1', 1],
    ]);
    expect(parts(1)).toEqual([
      ['conv1', 'data', 1],
      ['conv2', 'c1', 2],
    ]);
    expect(dev.weightLayers(target).map(({ name }) => name)).toEqual(['conv1', 'conv2']);
  });

  it('has a weight scale per group, and 0 below 1e-4', () => {
    const weights = convolutionWeights([[0.5], [-2], [0.00009], [0.00001]], { group: 2 });
    expect(dev.weightScales(weights, 'Convolution', 1)).toEqual([63.5, 0]);
    expect(dev.weightScales(weights, 'Convolution', 0)).toEqual([63.5]);
  });
});

it.each([release, dev, devWeight])('$name takes no deconvolution, which its tool does not know', (format) => {
  const [conv1] = target.layers;
  const turned = { ...target, layers: [conv1, { ...conv1, name: 'up', type: 'Deconvolution' }] };
  expect(format.weightLayers(turned).map(({ name }) => name)).toEqual(['conv1']);
  expect(ncnn.weightLayers(turned).map(({ name }) => name)).toEqual(['conv1', 'up']);
});

it.each([release, dev, devWeight, ncnn])('$name gives no weight scale that is infinite on a board', (format) => {
  const weights = convolutionWeights([[1e-38], [1e-39]]);
  for (const group of [0, 1] as const) {
    expect(format.weightScales(weights, 'Convolution', group).every((scale) => scale === 0)).toBe(true);
  }
});

describe('tensorrt', () => {
  it('lists every first top, and no weights', () => {
    expect(tensorRt.weightLayers(target)).toEqual([]);
    expect(tensorRt.activationLines(target, 0)).toEqual(release.activationLines(target, 0));
  });
});

describe('weights clipped by a method', () => {
  it('have the last level at its threshold, in 8 bits and in 6', () => {
    const weights = convolutionWeights([[1, 0.5, 0.25, 0]], { kernel: square(3), group: 4 });
    const clip = (levels: number): number => aciq.weightThreshold?.(1, 4, levels) ?? 0;
    expect(devWeight.weightScales(weights, 'Convolution', 1, aciq)).toEqual([31 / clip(31)]);
    expect(release.weightScales(weights, 'Convolution', 0, aciq)).toEqual([127 / clip(127)]);
    expect(ncnn.weightScales({ ...weights, group: 1 }, 'Convolution', 1, aciq)).toEqual([Math.fround(127 / clip(127))]);
  });
});

describe('dev-weight', () => {
  it('lists convolutions of every kernel, by layer, with their bottom blobs', () => {
    expect(devWeight.activationLines(target, 1).map(({ key, blob }) => [key, blob])).toEqual([
      ['conv1', 'data'],
      ['conv2', 'c1'],
      ['conv3', 'c2'],
    ]);
  });

  it('has 8 bits per output channel, and 0 below 1e-4', () => {
    const weights = convolutionWeights([[0.5], [-2], [0.00009]]);
    expect(devWeight.weightScales(weights, 'Convolution', 1)).toEqual([254, 63.5, 0]);
    expect(devWeight.weightScales(weights, 'Convolution', 0)).toEqual([63.5]);
  });

  it.each([
    ['3x3, stride 1', {}, 'Convolution', 31],
    ['one output channel, which is no depthwise layer', { group: 1, outputChannels: 1 }, 'Convolution', 31],
    ['depthwise', { group: 2 }, 'Convolution', 127],
    ['depthwise by its type', {}, 'ConvolutionDepthwise', 127],
    ['stride 2', { stride: square(2) }, 'Convolution', 127],
    ['5x5', { kernel: square(5) }, 'Convolution', 127],
  ])('has 6 bits where Winograd may compute: %s', (_, more, type, levels) => {
    const weights = convolutionWeights([[1], [1]], { kernel: square(3), ...more });
    expect(new Set(devWeight.weightScales(weights, type, 1))).toEqual(new Set([levels]));
  });
});

describe('ncnn', () => {
  it('lists inner products too', () => {
    expect(ncnn.weightLayers(target).map(({ name }) => name)).toEqual(['conv1', 'conv2', 'conv3', 'fc']);
    expect(ncnn.activationLines(target, 1).map(({ blob }) => blob)).toEqual(['data', 'c1', 'c2', 'c3']);
  });

  it('takes folded weights, without a 6-bit rule, per channel or per group', () => {
    const weights = convolutionWeights([[1], [2], [4], [0]], { kernel: square(3) });
    expect(ncnn.weightScales(weights, 'Convolution', 1)).toEqual([127, 63.5, 31.75, 0]);
    expect(ncnn.weightScales({ ...weights, group: 2 }, 'Convolution', 1)).toEqual([63.5, 31.75]);
    const folded = Float32Array.of(2, 2, 2, 2);
    expect(ncnn.weightScales({ ...weights, folded }, 'Convolution', 1)).toEqual([63.5, 63.5, 63.5, 63.5]);
  });

  it('repeats the one scale of --group 0, since ncnn wants one per channel', () => {
    expect(ncnn.weightScales(convolutionWeights([[1], [4]]), 'Convolution', 0)).toEqual([31.75, 31.75]);
  });
});
