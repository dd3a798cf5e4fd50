import { describe, expect, it } from 'vitest';
import type { ConvolutionOperation } from '../graph/graph.ts';
import { GraphBuilder } from './testing/graph-builder.ts';
import { quantiseWeights } from './weights.ts';

function convolution(channels: number, weights: readonly number[], bias: readonly number[]): ConvolutionOperation {
  const builder = new GraphBuilder();
  builder.input('data', [1, weights.length / channels, 1, 1]);
  builder.convolution('conv', 'data', channels, { weights, bias });
  const [operation] = builder.build(['conv']).operations;
  if (operation.kind !== 'convolution') throw new Error('not a convolution');
  return operation;
}

describe('quantiseWeights', () => {
  it('scales per channel, rounds half away from zero and keeps to [-127, 127]', () => {
    const { weights, bias, clampedShare } = quantiseWeights(
      convolution(2, [1, -1, 0.125, 3, -0.0625, 0.1875], [0.5, -1]),
      [127, 8],
      10,
    );
    expect([...weights]).toEqual([127, -127, 16, 24, -1, 2]);
    expect([...bias]).toEqual([635, -80]);
    expect(clampedShare).toBe(0);
  });

  it('clamps what the scale does not hold, never to -128, and says how much', () => {
    const { weights, clampedShare } = quantiseWeights(convolution(1, [-2, 1, 0.5, 0.25], [0]), [100], 1);
    expect([...weights]).toEqual([-127, 100, 50, 25]);
    expect(clampedShare).toBe(0.25);
  });

  it('gives a dead channel zeros and a bias of 24 bits', () => {
    const { weights, bias, scales } = quantiseWeights(convolution(2, [1e-5, -1e-5, 1e-5, 0], [0.7, 0]), [0, 0], 12.5);
    expect([...weights]).toEqual([0, 0, 0, 0]);
    expect(bias[0]).toBe(2 ** 24);
    expect((bias[0] / (12.5 * scales[0])).toFixed(6)).toBe('0.700000');
    expect(bias[1]).toBe(0);
    expect(Number.isFinite(scales[1])).toBe(true);
  });

  it.each([
    ['a large bias on a nearly dead channel', [1e-7, -1e-7], 100, 1e9, 50],
    ['a bias alone', [1e-3, 0], 3e4, 127_000, 10],
  ])('lowers the scale until the accumulator holds %s', (_, values, biasValue, scale, inputScale) => {
    const result = quantiseWeights(convolution(1, values, [biasValue]), [scale], inputScale);
    const magnitude = result.weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
    expect(127 * magnitude + Math.abs(result.bias[0])).toBeLessThan(2 ** 31);
    expect(result.bias[0]).toBeGreaterThan(2 ** 30);
    expect(result.scales[0]).toBeLessThan(scale);
    expect(result.loweredChannels).toEqual([0]);
    expect(result.bias[0] / (inputScale * result.scales[0])).toBeCloseTo(biasValue, 2);
  });

  it('lowers it for many large weights too', () => {
    const count = 140_000;
    const result = quantiseWeights(convolution(1, new Array<number>(count).fill(1), [0]), [127], 1);
    const magnitude = result.weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
    expect(127 * magnitude).toBeLessThan(2 ** 31);
    expect(result.weights[0]).toBeGreaterThan(110);
  });
});
