import { describe, expect, it } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import { interpret } from '../graph/interpret.ts';
import { execute } from '../quantization/execute/execute.ts';
import { quantiseBlob } from '../quantization/execute/convert.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import { GraphBuilder, randomInputs } from '../quantization/testing/graph-builder.ts';
import { LayerErrors } from '../evaluation/layer-errors.ts';
import { applyTuning } from '../calibration/tuning/apply.ts';
import { tuningBesides } from '../calibration/tuning/keep-float.ts';
import type { BlobOption } from './blob-options.ts';
import { tableOf } from './candidates.ts';
import { offsetClasses } from './offsets.ts';
import { CandidateMaker, type Recipe } from './recipe.ts';

const relu = { activation: { kind: 'relu' } } as const;

/** data → a, b (ReLU) → joined → pooled → c (1x1), and c → d (3x3, padded). */
function branches(): Graph {
  const b = new GraphBuilder(5);
  b.input('data', [1, 3, 10, 10]);
  b.convolution('a', 'data', 4, relu);
  b.convolution('b', 'data', 5, relu);
  b.concat('joined', ['a', 'b']);
  b.pooling('pooled', 'joined', 'max');
  b.convolution('c', 'pooled', 6, relu);
  b.convolution('d', 'c', 3, { kernel: { height: 3, width: 3 }, pad: { height: 1, width: 1 } });
  return b.build(['d']);
}

const graph = branches();
const [input] = randomInputs(graph, 1);
const tensor = { shape: [1, 3, 10, 10], data: input };
const exact = interpret(graph, new Map([['data', tensor]]), ['a', 'b', 'joined', 'pooled', 'c', 'd']);
const reachOf = (id: string): number =>
  (id === 'data' ? input : (exact.get(id)?.data ?? input)).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const thresholds = new Map(['data', 'pooled', 'c'].map((id) => [id, reachOf(id)] as const));

const options = new Map<string, readonly BlobOption[]>(
  [...thresholds].map(([id, threshold]) => [
    id,
    [
      { by: 'minmax', threshold, share: undefined, offset: false, error: 2 },
      { by: 'search', threshold, share: undefined, offset: true, error: 1 },
    ],
  ]),
);
const recipe: Recipe = {
  method: 'minmax',
  ways: new Set(['method', 'offset']),
  reach: new Map(),
  mends: 'nothing',
  keepFloat: new Set(),
};
const maker = new CandidateMaker(graph, {
  byMethod: new Map([['minmax', thresholds]]),
  channels: new Map(),
  exactResults: () => Promise.resolve(new Map()),
  options,
  mending: [],
});

describe('offsetClasses', () => {
  it('takes ReLUs that layers read, through moves of bytes', () => {
    const classes = offsetClasses(graph, new Set());
    const found = classes.get('pooled');
    expect([...(found?.values ?? [])].sort()).toEqual(['a', 'b', 'joined', 'pooled']);
    expect(found?.producers.map(({ layer }) => layer).sort()).toEqual(['a', 'b']);
    expect([...(classes.get('c')?.values ?? [])]).toEqual(['c']);
    // data is nobody's result.
    expect(classes.has('data')).toBe(false);
  });

  it.each(['a', 'b', 'c'])('takes none where %s runs in float', (layer) => {
    expect(offsetClasses(graph, new Set([layer])).has('pooled')).toBe(false);
  });
});

describe('values that are stored less an offset', () => {
  it('take all levels, in half the steps, and the network is what it was', async () => {
    const { graph: stored, table, tuning } = await maker.make(recipe, {});
    expect(tuning.get('a')?.offset).toBeCloseTo(reachOf('pooled') / 2, 4);
    expect(tuning.get('c')?.addToBias).toHaveLength(6);
    // d's padding is what 0 is stored as.
    expect(stored.operations.at(-1)).toMatchObject({ layer: 'd', padValue: -(tuning.get('c')?.offset ?? NaN) });
    const { network } = quantizeNetwork(stored, table, 'int8');
    const scale = network.tensors[network.inputs[0]].scale;
    const seen = new Map<string, ArrayLike<number>>();
    const [found] = await execute(network, [quantiseBlob(input, scale)], {
      onBlob: (index, data) => seen.set(network.tensors[index].name, data),
    });
    const levels = Array.from(seen.get('joined') ?? []);
    expect(Math.min(...levels)).toBe(-127);
    expect(Math.max(...levels)).toBeGreaterThan(100);
    const wanted = exact.get('d')?.data ?? input;
    const noise = (values: ArrayLike<number>): number =>
      wanted.reduce((sum, value, i) => sum + (value - values[i]) ** 2, 0);
    expect(noise(found)).toBeLessThan(0.001 * wanted.reduce((sum, value) => sum + value * value, 0));

    const symmetric = tableOf(graph, thresholds, new Set());
    const plain = quantizeNetwork(graph, symmetric, 'int8').network;
    const [before] = await execute(plain, [quantiseBlob(input, plain.tensors[plain.inputs[0]].scale)]);
    expect(noise(found)).toBeLessThan(noise(before));
  });

  it('are the same in a network that reads its tuning', async () => {
    const { graph: stored, tuning } = await maker.make(recipe, {});
    const again = applyTuning(graph, tuning);
    again.operations.forEach((operation, index) => {
      const own = stored.operations[index];
      expect(operation.kind).toBe(own.kind);
      if (operation.kind !== 'convolution' || own.kind !== 'convolution') return;
      expect(operation.activation).toEqual(own.activation);
      expect(operation.padValue).toEqual(own.padValue);
      operation.bias.forEach((value, channel) => {
        expect(value).toBeCloseTo(own.bias[channel], 4);
      });
    });
    const none = new Map([['d', { offset: 1 }]]);
    expect(() => applyTuning(graph, none)).toThrow(expect.objectContaining({ code: 'tuning.mismatch' }));
  });

  it('are whole again where nothing reads them in int8 any more', async () => {
    const { table, tuning } = await maker.make(recipe, {});
    expect(tuningBesides(graph, tuning, new Set(['a'])).tuning).toEqual(tuning);
    expect(tuningBesides(graph, tuning, new Set(['d'])).tuning.get('c')).toEqual({
      addToBias: tuning.get('c')?.addToBias,
    });
    const restored = applyTuning(graph, tuningBesides(graph, tuning, new Set(['c'])).tuning);
    const [a, b] = restored.operations;
    expect([a, b].map((operation) => 'activation' in operation && operation.activation.kind)).toEqual(['relu', 'relu']);
    const { network } = quantizeNetwork(restored, table, 'int8', new Set(['c']));
    const [found] = await execute(network, [quantiseBlob(input, network.tensors[network.inputs[0]].scale)]);
    const wanted = exact.get('d')?.data ?? input;
    const noise = wanted.reduce((sum, value, i) => sum + (value - found[i]) ** 2, 0);
    expect(noise).toBeLessThan(0.001 * wanted.reduce((sum, value) => sum + value * value, 0));
  });

  it('take all their readers along into float', () => {
    const builder = new GraphBuilder(2);
    builder.input('data', [1, 3, 6, 6]);
    builder.convolution('a', 'data', 4, relu);
    builder.convolution('b', 'data', 4, relu);
    builder.concat('joined', ['a', 'b']);
    builder.convolution('c', 'joined', 3);
    builder.convolution('e', 'a', 3, relu);
    builder.convolution('f', 'e', 3);
    const forked = builder.build(['c', 'f']);
    const tuning = new Map(['a', 'b', 'e'].map((layer) => [layer, { offset: 1 }] as const));
    const besides = tuningBesides(forked, tuning, new Set(['c']));
    expect([...besides.keepFloat].sort()).toEqual(['c', 'e']);
    expect(['a', 'b', 'e'].map((layer) => besides.tuning.get(layer)?.offset)).toEqual([undefined, undefined, 1]);
  });

  it('are compared with what they were', async () => {
    const { graph: stored, table } = await maker.make(recipe, {});
    const offsets = new Map(['a', 'b', 'c'].map((id) => [id, reachOf(id === 'c' ? 'c' : 'pooled') / 2] as const));
    const values = new Map([['data', input], ...[...exact].map(([id, { data }]) => [id, data] as const)]);
    const errors = new LayerErrors({ graph: stored, table, offsets });
    await errors.add(tensor, values);
    for (const { layer, alone, accumulated } of errors.results()) {
      expect(alone.sqnr, layer).toBeGreaterThan(30);
      expect(accumulated.sqnr, layer).toBeGreaterThan(25);
    }
  });
});
