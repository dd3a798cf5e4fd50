import { describe, expect, it } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import { interpret } from '../graph/interpret.ts';
import { execute, type BlobData } from '../quantization/execute/execute.ts';
import { quantiseBlob } from '../quantization/execute/convert.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import type { QuantizedNetwork } from '../quantization/quantized-network.ts';
import { GraphBuilder, randomInputs } from '../quantization/testing/graph-builder.ts';
import { LayerErrors } from '../evaluation/layer-errors.ts';
import type { ScaleTable } from '../calibration/table.ts';
import { applyTuning } from '../calibration/tuning/apply.ts';
import { tuningBesides } from '../quantization/tuning-besides.ts';
import type { BlobOption } from './blob-option.ts';
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
      { by: 'minmax', threshold, share: undefined, lowest: undefined, error: 2 },
      { by: 'search', threshold, share: undefined, lowest: 0, error: 1 },
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

function relativeNoise(wanted: Float32Array, found: ArrayLike<number>): number {
  const signal = wanted.reduce((sum, value) => sum + value * value, 0);
  return wanted.reduce((sum, value, i) => sum + (value - found[i]) ** 2, 0) / signal;
}

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
    const noise = (values: ArrayLike<number>): number => relativeNoise(exact.get('d')?.data ?? input, values);
    expect(noise(found)).toBeLessThan(0.001);

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

  it('are whole again where something reads them in float', async () => {
    const { table, tuning } = await maker.make(recipe, {});
    expect(tuningBesides(graph, tuning, table, new Set(['a']))).toEqual({ tuning, table });
    expect(tuningBesides(graph, tuning, table, new Set(['d'])).tuning.get('c')).toEqual({
      addToBias: tuning.get('c')?.addToBias,
    });
    const besides = tuningBesides(graph, tuning, table, new Set(['c']));
    const restored = applyTuning(graph, besides.tuning);
    const [a, b] = restored.operations;
    expect([a, b].map((operation) => 'activation' in operation && operation.activation.kind)).toEqual(['relu', 'relu']);
    const { network } = quantizeNetwork(restored, besides.table, 'int8', new Set(['c']));
    const [found] = await execute(network, [quantiseBlob(input, network.tensors[network.inputs[0]].scale)]);
    expect(relativeNoise(exact.get('d')?.data ?? input, found)).toBeLessThan(0.001);
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

/** The layers before and after a value that is read padded, by what is stored of it. */
const others: Readonly<Record<string, (b: GraphBuilder) => void>> = {
  'a leaky ReLU': (b) => {
    b.convolution('x', 'data', 6, { activation: { kind: 'leaky', slopes: Float32Array.of(0.1) } });
  },
  'a PReLU': (b) => {
    const slopes = Float32Array.of(0.3, -0.2, 0, 0.1, 0.25, 0.05);
    b.convolution('x', 'data', 6, { activation: { kind: 'leaky', slopes } });
  },
  'a ReLU6': (b) => {
    b.convolution('x', 'data', 6, { activation: { kind: 'relu6' } });
  },
  'a sum with a ReLU, of what is stored so, too': (b) => {
    b.convolution('shortcut', 'data', 6, relu);
    b.convolution('branch', 'shortcut', 6);
    b.sum('x', ['shortcut', 'branch'], { kind: 'relu' });
  },
};

describe.each(Object.keys(others))('the values of %s', (kind) => {
  const b = new GraphBuilder(8);
  b.input('data', [1, 3, 10, 10]);
  others[kind](b);
  b.pooling('pooled', 'x', 'max');
  b.convolution('y', 'pooled', 5, { kernel: { height: 3, width: 3 }, pad: { height: 1, width: 1 } });
  const own = b.build(['y']);
  const [data] = randomInputs(own, 4);
  const all = [...own.operations.map(({ output }) => output)];
  const results = interpret(own, new Map([['data', { shape: [1, 3, 10, 10], data }]]), all);
  const valuesOf = (id: string): Float32Array => (id === 'data' ? data : (results.get(id)?.data ?? data));
  const read = own.operations.flatMap((one) => (one.kind === 'convolution' ? one.inputs : []));
  const ranges = new Map(
    read.map((id) => {
      const [least, most] = valuesOf(id).reduce(
        ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
        [0, 0],
      );
      return [id, { least, most, threshold: Math.max(most, -least) }] as const;
    }),
  );
  /** Of a network that reads these values: by its thresholds, or with an offset. */
  const makerOf = (network: Graph): CandidateMaker =>
    new CandidateMaker(network, {
      byMethod: new Map([['minmax', new Map([...ranges].map(([id, { threshold }]) => [id, threshold] as const))]]),
      channels: new Map(),
      exactResults: () => Promise.resolve(new Map()),
      options: new Map(
        [...ranges].map(([id, { least, most, threshold }]): readonly [string, readonly BlobOption[]] => [
          id,
          [
            { by: 'minmax', threshold, lowest: undefined, share: undefined, error: 2 },
            { by: 'search', threshold: most, lowest: least, share: undefined, error: 1 },
          ],
        ]),
      ),
      mending: [],
    });
  const making = makerOf(own);
  const asInput = (network: QuantizedNetwork): BlobData => {
    const { type, scale } = network.tensors[network.inputs[0]];
    return type === 'int8' ? quantiseBlob(data, scale) : data;
  };

  it('take all levels with an offset, and the network is nearer to what it was', async () => {
    const noiseOf = async (ways: Recipe['ways']): Promise<number> => {
      const { graph: stored, table, tuning } = await making.make({ ...recipe, ways }, {});
      const { network } = quantizeNetwork(applyTuning(own, tuning), table, 'int8');
      expect(network.operations.filter(({ kind }) => kind === 'dequantize')).toEqual([]);
      expect(quantizeNetwork(stored, table, 'int8').network).toEqual(network);
      const seen = new Map<string, ArrayLike<number>>();
      const [found] = await execute(network, [asInput(network)], {
        onBlob: (index, levels) => seen.set(network.tensors[index].name, levels),
      });
      const levels = Array.from(seen.get('x') ?? []);
      const reach = [Math.min(...levels), Math.max(...levels)];
      if (ways.has('offset')) expect(reach).toEqual([-127, 127]);
      else expect(reach[0]).toBeGreaterThan(-60);
      return relativeNoise(valuesOf('y'), found);
    };
    const symmetric = await noiseOf(new Set(['method']));
    expect(await noiseOf(new Set(['method', 'offset']))).toBeLessThan(0.6 * symmetric);
  });

  it('are compared with what they were, and are nearer to it than about 0', async () => {
    const errorsOf = async (ways: Recipe['ways']) => {
      const { graph: stored, table, tuning } = await making.make({ ...recipe, ways }, {});
      const offsets = new Map(
        own.operations.flatMap(({ layer, output }) => {
          const offset = tuning.get(layer)?.offset;
          return offset === undefined ? [] : [[output, offset] as const];
        }),
      );
      const errors = new LayerErrors({ graph: stored, table, offsets });
      const values = new Map(['data', ...all].map((id) => [id, valuesOf(id)] as const));
      await errors.add({ shape: [1, 3, 10, 10], data }, values);
      return new Map(errors.results().map((result) => [result.layer, result] as const));
    };
    const [about, stored] = [await errorsOf(new Set(['method'])), await errorsOf(new Set(['method', 'offset']))];
    for (const [layer, { alone }] of stored) expect(alone.sqnr, layer).toBeGreaterThan(30);
    expect(stored.get('y')?.alone.sqnr).toBeGreaterThan(about.get('y')?.alone.sqnr ?? Infinity);
    expect(stored.get('y')?.accumulated.sqnr).toBeGreaterThan(about.get('y')?.accumulated.sqnr ?? Infinity);
  });

  it.each(['y', 'x', 'pooled'])('are the same where %s runs in float', async (layer) => {
    const { table, tuning } = await making.make(recipe, {});
    const keepFloat = new Set([layer]);
    const besides = tuningBesides(own, tuning, table, keepFloat);
    if (layer === 'y') expect(besides.tuning.get('x')?.offset).toBeUndefined();
    const restored = applyTuning(own, besides.tuning);
    const { network } = quantizeNetwork(restored, besides.table, 'int8', keepFloat);
    const [found] = await execute(network, [asInput(network)]);
    expect(relativeNoise(valuesOf('y'), found)).toBeLessThan(0.001);
  });

  it('are stored about 0 again for the layers that read them in int8, too', async () => {
    const { operations } = own;
    const other = operations[operations.length - 1];
    const { shape = [] } = own.values.get('y') ?? {};
    const values = new Map(own.values).set('z', { id: 'z', blob: 'z', shape });
    const forked = {
      ...own,
      values,
      operations: [...operations, { ...other, layer: 'z', output: 'z' }],
      outputs: ['y', 'z'],
    };
    const { table, tuning } = await makerOf(forked).make(recipe, {});
    const besides = tuningBesides(forked, tuning, table, new Set(['y']));
    const { network } = quantizeNetwork(applyTuning(forked, besides.tuning), besides.table, 'int8', new Set(['y']));
    const found = await execute(network, [asInput(network)]);
    for (const output of found) expect(relativeNoise(valuesOf('y'), output)).toBeLessThan(0.001);
    const scale = (one: ScaleTable): number => one.activations.get('z')?.[0] ?? 0;
    expect(scale(besides.table)).toBeLessThan(0.9 * scale(table));
  });
});
