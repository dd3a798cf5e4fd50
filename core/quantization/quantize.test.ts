import { describe, expect, it } from 'vitest';
import type { ScaleTable } from '../calibration/table.ts';
import type { Graph } from '../graph/graph.ts';
import { quantizeNetwork, type Quantization } from './quantize.ts';
import type { QuantizedTensor } from './quantized-network.ts';
import { GraphBuilder } from './testing/graph-builder.ts';

const RELU = { kind: 'relu' } as const;

/** A table keyed by layer; every listed layer has one weight scale. */
function byLayer(activations: Readonly<Record<string, number | readonly number[]>>): ScaleTable {
  const entries = Object.entries(activations).map(([layer, scales]) => [layer, [scales].flat()] as const);
  return {
    format: 'ncnn',
    activationKey: 'layer',
    weights: new Map(entries.map(([layer]) => [layer, [100]])),
    activations: new Map(entries),
  };
}

function quantize(graph: Graph, table: ScaleTable): Quantization {
  return quantizeNetwork(graph, table, 'int8');
}

function blob({ network }: Quantization, name: string): Pick<QuantizedTensor, 'type' | 'scale'> {
  const found = network.tensors.find((tensor) => tensor.name === name);
  if (found === undefined) throw new Error(`no blob ${name}`);
  return { type: found.type, scale: found.scale };
}

const kinds = ({ network }: Quantization): readonly string[] => network.operations.map(({ kind }) => kind);

describe('which scale a blob has', () => {
  it('is that of the layer that reads it; the last result leaves as float', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.convolution('c2', 'c1', 4);
    const result = quantize(b.build(['c2']), byLayer({ c1: 2, c2: 3 }));
    expect(blob(result, 'data')).toEqual({ type: 'int8', scale: 2 });
    expect(blob(result, 'c1')).toEqual({ type: 'int8', scale: 3 });
    expect(blob(result, 'c2')).toEqual({ type: 'float32', scale: 0 });
    expect(kinds(result)).toEqual(['convolution', 'convolution']);
    expect(result.layers.map(({ runsAs }) => runsAs)).toEqual(['int8', 'int8']);
  });

  it('passes through maximum pooling, ReLU and reshape', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.pooling('pool', 'c1', 'max');
    b.activation('relu', 'pool', RELU);
    b.reshape('flat', 'relu', [1, 16, 1, 1]);
    b.convolution('c2', 'flat', 4);
    const result = quantize(b.build(['c2']), byLayer({ c1: 2, c2: 3 }));
    for (const name of ['c1', 'pool', 'relu', 'flat']) expect(blob(result, name)).toEqual({ type: 'int8', scale: 3 });
    expect(kinds(result)).toEqual(['convolution', 'pooling', 'activation', 'reshape', 'convolution']);
  });

  it('is the smallest where readers differ', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.convolution('c2', 'c1', 4);
    b.pooling('pool', 'c1', 'max', { kernel: 1, stride: 1 });
    b.convolution('c3', 'pool', 4);
    const result = quantize(b.build(['c2', 'c3']), byLayer({ c1: 2, c2: 3, c3: 2.5 }));
    expect(blob(result, 'c1').scale).toBe(2.5);
    expect(blob(result, 'pool').scale).toBe(2.5);
  });

  it('is shared by the inputs of a Concat, through chains of them', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    for (const id of ['a', 'b', 'c']) b.convolution(id, 'data', 2);
    b.concat('ab', ['a', 'b']);
    b.concat('abc', ['ab', 'c']);
    b.convolution('tail', 'abc', 2);
    b.convolution('other', 'a', 2);
    const result = quantize(b.build(['tail', 'other']), byLayer({ a: 2, b: 2, c: 2, tail: 4, other: 3 }));
    for (const name of ['a', 'b', 'c', 'ab', 'abc']) expect(blob(result, name)).toEqual({ type: 'int8', scale: 3 });
  });

  it('is the smallest of its groups that is not 0', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 3, { group: 3 });
    const result = quantize(b.build(['c1']), byLayer({ c1: [0, 5, 4] }));
    expect(blob(result, 'data').scale).toBe(4);
  });

  it('is any for a blob that was always 0, which is said', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 3);
    const result = quantize(b.build(['c1']), byLayer({ c1: 0 }));
    expect(blob(result, 'data')).toEqual({ type: 'int8', scale: 1 });
    expect(result.notes.join()).toMatch(/data was always 0/);
  });
});

describe('tables keyed by blob', () => {
  const table = (activations: Readonly<Record<string, number>>, ...layers: readonly string[]): ScaleTable => ({
    format: 'release',
    activationKey: 'blob',
    weights: new Map(layers.map((layer) => [layer, [100]])),
    activations: new Map(Object.entries(activations).map(([key, scale]) => [key, [scale]])),
  });

  it('give the scale of what a layer reads by its name, not that of what moves into it', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.pooling('pool', 'c1', 'max');
    b.convolution('c2', 'pool', 4);
    const result = quantize(b.build(['c2']), table({ data: 1, c1: 5, pool: 2, c2: 9 }, 'c1', 'c2'));
    expect(blob(result, 'c1').scale).toBe(2);
    expect(blob(result, 'pool').scale).toBe(2);
    expect(blob(result, 'c2').type).toBe('float32');
  });

  it('are completed through layers that only move bytes', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.reshape('flat', 'c1', [1, 64, 1, 1]);
    b.convolution('c2', 'flat', 4);
    const result = quantize(b.build(['c2']), table({ data: 1, c1: 5 }, 'c1', 'c2'));
    expect(blob(result, 'flat').scale).toBe(5);
  });

  it('let sums and averages compute in int8', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.convolution('c2', 'data', 4);
    b.sum('sum', ['c1', 'c2'], RELU);
    b.pooling('ave', 'sum', 'average');
    b.convolution('c3', 'ave', 4);
    const result = quantize(b.build(['c3']), table({ data: 1, c1: 3, c2: 4, sum: 5, ave: 6 }, 'c1', 'c2', 'c3'));
    expect(['c1', 'c2', 'sum', 'ave'].map((name) => blob(result, name))).toEqual(
      [3, 4, 5, 6].map((scale) => ({ type: 'int8', scale })),
    );
    const average = result.network.operations.find(({ kind }) => kind === 'pooling');
    expect(average?.kind === 'pooling' && average.form.kind).toBe('int8-average');
  });
});

describe('sums', () => {
  const residual = (projected: boolean): Graph => {
    const b = new GraphBuilder();
    b.input('data', [1, 4, 4, 4]);
    b.convolution('stem', 'data', 4, { activation: RELU });
    const shortcut = projected ? b.convolution('projection', 'stem', 4) : 'stem';
    b.convolution('branch', 'stem', 4);
    b.sum('sum', [shortcut, 'branch'], RELU);
    b.convolution('tail', 'sum', 4);
    return b.build(['tail']);
  };

  it('complete the one addend that a table keyed by layer does not know', () => {
    const result = quantize(residual(false), byLayer({ stem: 2, branch: 127 / 4, tail: 127 / 3 }));
    expect(blob(result, 'sum').type).toBe('int8');
    expect(blob(result, 'branch').type).toBe('int8');
    expect(blob(result, 'branch').scale).toBeCloseTo(127 / 4, 4);
    expect(result.notes.join()).toMatch(/no scale for blob branch/);
  });

  it('run in float where two addends are unknown, and say so', () => {
    const result = quantize(residual(true), byLayer({ stem: 2, projection: 3, branch: 3, tail: 4 }));
    expect(blob(result, 'branch').type).toBe('float32');
    expect(blob(result, 'sum@int8')).toEqual({ type: 'int8', scale: 4 });
    expect(kinds(result)).toEqual([
      'convolution',
      'convolution',
      'convolution',
      'eltwise-sum',
      'quantize',
      'convolution',
    ]);
    expect(result.layers.find(({ layer }) => layer === 'sum')?.runsAs).toBe('float');
    expect(result.notes.join()).toMatch(/Layer sum runs in float/);
  });

  it('that no int8 layer reads run in float', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 4, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.sum('sum', ['data', 'c1']);
    const result = quantize(b.build(['sum']), byLayer({ c1: 2 }));
    expect(kinds(result)).toEqual(['quantize', 'convolution', 'eltwise-sum']);
    expect(blob(result, 'data').type).toBe('float32');
  });
});

describe('what runs in float', () => {
  it('layers that the table does not list, with conversions at the borders', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4, { activation: RELU });
    b.convolution('unlisted', 'c1', 4);
    b.convolution('c2', 'unlisted', 4);
    b.convolution('c3', 'c1', 4);
    const result = quantize(b.build(['c2', 'c3']), byLayer({ c1: 2, c2: 3, c3: 4 }));
    expect(kinds(result)).toEqual([
      'convolution',
      'dequantize',
      'convolution',
      'quantize',
      'convolution',
      'convolution',
    ]);
    expect(blob(result, 'c1@int8').scale).toBe(4);
    expect(result.notes.join()).toMatch(/Layer unlisted runs in float: the table has no weight scale for it/);
  });

  it('softmax and what could not be folded', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.affine('bn', 'data');
    b.convolution('c1', 'bn', 4);
    b.softmax('prob', 'c1');
    const result = quantize(b.build(['prob']), byLayer({ c1: 2 }));
    expect(kinds(result)).toEqual(['affine', 'quantize', 'convolution', 'softmax']);
    expect(result.layers.map(({ layer, runsAs }) => `${layer} ${runsAs}`)).toEqual([
      'bn float',
      'c1 int8',
      'prob float',
    ]);
  });

  it('an average in front of a float layer takes int8 and gives float', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.convolution('c2', 'c1', 4);
    b.pooling('ave', 'c1', 'average');
    const result = quantize(b.build(['c2', 'ave']), byLayer({ c1: 2, c2: 3 }));
    const average = result.network.operations.find(({ kind }) => kind === 'pooling');
    expect(average?.kind === 'pooling' && average.form.kind).toBe('int8-average-to-float');
    expect(kinds(result)).not.toContain('dequantize');
  });

  it('network outputs, also of blobs that int8 layers read', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.convolution('c2', 'c1', 4);
    const { network } = quantize(b.build(['c1', 'c2']), byLayer({ c1: 2, c2: 3 }));
    expect(network.outputs.map((index) => network.tensors[index]).map(({ name, type }) => `${name} ${type}`)).toEqual([
      'c1 float32',
      'c2 float32',
    ]);
  });

  it('everything, in an fp32 package', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.pooling('ave', 'c1', 'average');
    const { network } = quantizeNetwork(b.build(['ave']), undefined, 'fp32');
    expect(network.tensors.every(({ type }) => type === 'float32')).toBe(true);
  });
});

describe('tables that do not fit', () => {
  const graph = (): Graph => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    return b.build(['c1']);
  };
  const refusal = (table: ScaleTable | undefined): unknown => {
    try {
      quantizeNetwork(graph(), table, 'int8');
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('are refused by name', () => {
    expect(refusal(undefined)).toMatchObject({
      code: 'quantization.no-table',
      advice: expect.stringContaining('cortado calibrate') as unknown,
    });
    expect(refusal(byLayer({ other: 2 }))).toMatchObject({ code: 'table.mismatch' });
    expect(refusal(byLayer({}))).toMatchObject({
      code: 'table.mismatch',
      advice: expect.stringContaining('--format ncnn') as unknown,
    });
    expect(refusal({ ...byLayer({ c1: 2 }), activations: new Map() })).toMatchObject({
      code: 'table.activation-missing',
      message: expect.stringMatching(/layer c1.*blob data/) as unknown,
    });
    expect(refusal({ ...byLayer({ c1: 2 }), weights: new Map([['c1', [1, 2, 3]]]) })).toMatchObject({
      code: 'table.weight-count',
      location: { field: 'c1' },
    });
    for (const scale of [Infinity, NaN, -1, 1e300]) {
      expect(refusal(byLayer({ c1: scale }))).toMatchObject({ code: 'table.invalid-scale' });
    }
  });

  it('of other weights or layers are noticed', () => {
    const { notes } = quantizeNetwork(
      graph(),
      {
        ...byLayer({ c1: 2, gone: 3 }),
        weights: new Map([
          ['c1', [1e5]],
          ['gone', [1]],
        ]),
      },
      'int8',
    );
    expect(notes.join()).toMatch(/weights of c1 do not fit/);
    expect(notes.join()).toMatch(/1 weight lines .*\(gone\)/);
  });
});

describe('layers that are kept in float', () => {
  const chain = (): Graph => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.pooling('pool', 'c1', 'max');
    b.convolution('c2', 'pool', 4);
    b.convolution('c3', 'c2', 4);
    return b.build(['c3']);
  };
  const table = byLayer({ c1: 2, c2: 3, c3: 4 });

  it('read and write float, and what is beside them stays int8', () => {
    const result = quantizeNetwork(chain(), table, 'int8', new Set(['c2']));
    expect(result.layers.map(({ layer, runsAs }) => [layer, runsAs])).toEqual([
      ['c1', 'int8'],
      ['pool', 'float'],
      ['c2', 'float'],
      ['c3', 'int8'],
    ]);
    expect(result.layers[2].reason).toBe('kept in float on request');
    expect(result.notes).toEqual([]);
    expect(blob(result, 'pool').type).toBe('float32');
    expect(blob(result, 'c2@int8')).toEqual({ type: 'int8', scale: 4 });
  });

  it('may be those that move bytes, and all there are', () => {
    const moved = quantizeNetwork(chain(), table, 'int8', new Set(['pool']));
    expect(blob(moved, 'pool').type).toBe('float32');
    expect(blob(moved, 'pool@int8')).toEqual({ type: 'int8', scale: 3 });
    const all = quantizeNetwork(chain(), table, 'int8', new Set(['c1', 'c2', 'c3']));
    expect(all.network.tensors.every(({ type }) => type === 'float32')).toBe(true);
  });

  it('still lend the scale of what they read to a sum', () => {
    const b = new GraphBuilder();
    b.input('data', [1, 4, 4, 4]);
    b.convolution('c1', 'data', 4);
    b.convolution('kept', 'c1', 4);
    b.convolution('c2', 'data', 4);
    b.sum('sum', ['c1', 'c2']);
    b.convolution('c3', 'sum', 4);
    const graph = b.build(['c3', 'kept']);
    const scales = byLayer({ c1: 2, kept: 3, c2: 2, c3: 4 });
    const result = quantizeNetwork(graph, scales, 'int8', new Set(['kept']));
    expect(result.layers.find(({ layer }) => layer === 'sum')?.runsAs).toBe('int8');
    expect(blob(result, 'c1@int8')).toEqual({ type: 'int8', scale: 3 });
  });

  it('are refused where the graph has no such layer', () => {
    expect(() => quantizeNetwork(chain(), table, 'int8', new Set(['c9']))).toThrow(
      expect.objectContaining({ code: 'quantization.keep-float' }),
    );
  });
});
