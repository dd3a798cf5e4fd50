import { describe, expect, it } from 'vitest';
import type { ConvolutionOperation } from '../graph/graph.ts';
import { halfNotes, halfWeights } from './half-weights.ts';
import { GraphBuilder } from './testing/graph-builder.ts';

/** A convolution of four channels; `change` may replace its weights. */
function convolution(change: (weights: Float32Array) => void = () => undefined): ConvolutionOperation {
  const b = new GraphBuilder(9);
  b.input('data', [1, 8, 2, 2]);
  b.convolution('conv', 'data', 4);
  const [operation] = b.build(['conv']).operations;
  if (operation.kind !== 'convolution') throw new Error('no convolution');
  const weights = operation.weights.slice();
  change(weights);
  return { ...operation, weights };
}

describe('halfWeights', () => {
  it('rounds what fits', () => {
    const operation = convolution();
    const { weights, report } = halfWeights(operation);
    expect(report).toMatchObject({ layer: 'conv', type: 'float16', count: 32, overflowing: 0 });
    expect(report.error).toBeGreaterThan(0);
    expect(report.error).toBeLessThan(2 ** -11);
    weights.forEach((weight, i) => {
      expect(Math.abs(weight / operation.weights[i] - 1)).toBeLessThanOrEqual(2 ** -11);
    });
  });

  it('leaves a layer float32 that overflows, and names it', () => {
    const operation = convolution((weights) => (weights[5] = -65520));
    const { weights, report } = halfWeights(operation);
    expect(report).toMatchObject({ type: 'float32', overflowing: 1, error: Infinity });
    expect(weights).toBe(operation.weights);
    expect(halfNotes([report])).toEqual([
      'The weights of conv stay float32: 1 of 32 are beyond 65504, the largest number of float16.',
    ]);
  });

  it('leaves a layer float32 where the bits of a channel are gone, and names it', () => {
    const { report } = halfWeights(
      convolution((weights) => {
        for (let i = 8; i < 16; i++) weights[i] *= 2 ** -22;
      }),
    );
    expect(report).toMatchObject({ type: 'float32', overflowing: 0 });
    expect(report.subnormal).toBe(8);
    expect(halfNotes([report])[0]).toMatch(/conv stay float32: 8 of 32 are below 2\^-14/);
  });

  it('counts single small weights, which cost nothing', () => {
    const { report } = halfWeights(
      convolution((weights) => {
        weights[0] = 2 ** -15;
        weights[1] = 2 ** -26;
        weights[2] = 0;
      }),
    );
    expect(report).toMatchObject({ type: 'float16', subnormal: 2, zeroed: 1 });
    expect(halfNotes([report])[0]).toMatch(/32 weights; 2 of them are below 2\^-14.*and 1 became 0/);
  });
});
