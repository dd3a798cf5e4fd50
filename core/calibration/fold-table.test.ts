import { describe, expect, it } from 'vitest';
import { completeWeights, foldTable } from './fold-table.ts';
import type { ScaleTable, TableFormat } from './table.ts';
import type { CalibrationTarget, LayerWeights } from './target.ts';
import { convolutionWeights, layer } from './fixtures.testing.ts';

const raw = convolutionWeights([
  [1, 0.5],
  [0.25, -0.25],
  [0, 0],
]);
/** Channel factors 2, -0.5 and 3. */
const folded: LayerWeights = { ...raw, folded: Float32Array.of(2, 1, -0.125, 0.125, 0, 0) };

function target(weights = folded): CalibrationTarget {
  return {
    inputs: new Map([['data', [1, 2, 1, 1]]]),
    layers: [layer('conv', 'Convolution', ['data'], ['conv'], weights)],
  };
}

function table(format: TableFormat, scales: readonly number[]): ScaleTable {
  return { format, activationKey: 'layer', weights: new Map([['conv', scales]]), activations: new Map() };
}

function foldedScales(format: TableFormat, scales: readonly number[], weights = folded): readonly number[] | undefined {
  return foldTable(table(format, scales), target(weights)).weights.get('conv');
}

describe('foldTable', () => {
  it('divides scales of file weights by what folding multiplied', () => {
    expect(foldedScales('dev-weight', [127, 508, 0])).toEqual([63.5, 1016, 0]);
    expect(foldedScales('dev-weight', [31, 124, 0])).toEqual([15.5, 248, 0]);
  });

  it('makes one scale per channel of one per layer', () => {
    expect(foldedScales('release', [127])).toEqual([63.5, 254, 0]);
  });

  it('leaves scales of folded weights, whatever format they are said to have', () => {
    expect(foldedScales('ncnn', [63.5, 1016, 0])).toEqual([63.5, 1016, 0]);
    expect(foldedScales('dev-weight', [63.5, 1016, 0])).toEqual([63.5, 1016, 0]);
  });

  it('sees file weights behind a table taken for one of ncnn', () => {
    expect(foldedScales('ncnn', [127, 508, 0])).toEqual([63.5, 1016, 0]);
  });

  it('goes by the format where the numbers tell nothing', () => {
    expect(foldedScales('ncnn', [90, 300, 0])).toEqual([90, 300, 0]);
    expect(foldedScales('dev-weight', [90, 300, 0])).toEqual([45, 600, 0]);
  });

  it('gives a table without weights those that TensorRT would choose', () => {
    const cache: ScaleTable = {
      format: 'tensorrt',
      activationKey: 'blob',
      weights: new Map(),
      activations: new Map([['data', [2]]]),
    };
    expect([...foldTable(cache, target()).weights]).toEqual([['conv', [63.5, 1016, 0]]]);
    expect(completeWeights({ ...cache, activations: new Map([['other', [2]]]) }, target()).weights.size).toBe(0);
  });

  it('leaves a network without BatchNorm as it is', () => {
    const given = table('release', [127]);
    expect(foldTable(given, target(raw))).toBe(given);
  });
});
