import { describe, expect, it } from 'vitest';
import { applyFactors } from '../calibration/tuning/apply.ts';
import type { Graph } from '../graph/graph.ts';
import { execute } from '../quantization/execute/execute.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import { GraphBuilder, randomInputs } from '../quantization/testing/graph-builder.ts';
import { tableOf } from '../quantization/testing/tables.ts';
import { LayerErrors, type LayerError } from './layer-errors.ts';

function chain(): Graph {
  const b = new GraphBuilder(7);
  b.input('data', [1, 3, 12, 12]);
  b.convolution('c1', 'data', 4, { activation: { kind: 'relu' } });
  b.convolution('c2', 'c1', 6, { activation: { kind: 'relu' } });
  b.convolution('c3', 'c2', 5);
  return b.build(['c3']);
}

const graph = chain();
const inputs = randomInputs(graph, 1);

/** The values of every blob in float. */
async function exactValues(): Promise<ReadonlyMap<string, Float32Array>> {
  const { network } = quantizeNetwork(graph, undefined, 'fp32');
  const values = new Map([['data', inputs[0]]]);
  await execute(network, inputs, {
    onBlob: (index, data) => {
      values.set(network.tensors[index].name, Float32Array.from(data));
    },
  });
  return values;
}

async function errorsOf(probed: ConstructorParameters<typeof LayerErrors>[0]): Promise<readonly LayerError[]> {
  const errors = new LayerErrors(probed);
  await errors.add({ shape: [1, 3, 12, 12], data: inputs[0] }, await exactValues());
  return errors.results();
}

describe('LayerErrors', () => {
  it('finds layers close to float, alone and with all before them, and has advice for each', async () => {
    const layers = await errorsOf({ graph, table: tableOf(graph, inputs) });
    expect(layers.map(({ layer }) => layer).sort()).toEqual(['c1', 'c2', 'c3']);
    for (const { layer, alone, accumulated, advice } of layers) {
      expect(alone.sqnr, layer).toBeGreaterThan(30);
      expect(accumulated.sqnr, layer).toBeLessThanOrEqual(alone.sqnr + 3);
      expect(advice).not.toBe('');
    }
  });

  it('has a layer whose scale is wrong first, with advice, and those after it clean alone', async () => {
    const table = tableOf(graph, inputs);
    const activations = new Map([...table.activations, ['c2', [(table.activations.get('c2')?.[0] ?? 0) * 20]]]);
    const [worst, ...others] = await errorsOf({ graph, table: { ...table, activations } });
    expect(worst).toMatchObject({
      layer: 'c2',
      advice: expect.stringMatching(/saturates.*--keep-float c2/) as unknown,
    });
    expect(worst.alone.clippedShare).toBeGreaterThan(0.05);
    expect(worst.accumulated.clippedShare).toBeGreaterThan(0.05);
    for (const { alone, accumulated } of others) {
      expect(alone.clippedShare).toBeLessThan(0.02);
      expect(accumulated.clippedShare).toBeLessThan(0.05);
    }
    const after = others.find(({ layer }) => layer === 'c3');
    expect(after?.alone.sqnr).toBeGreaterThan(30);
    expect(after?.accumulated.sqnr).toBeLessThan(15);
    expect(after?.advice).toMatch(/layers before it/);
  });

  it('leaves out what runs in float', async () => {
    const layers = await errorsOf({ graph, table: tableOf(graph, inputs), keepFloat: new Set(['c2']) });
    expect(layers.map(({ layer }) => layer).sort()).toEqual(['c1', 'c3']);
  });

  it('compares divided channels with what they were', async () => {
    const factors = new Map([['c1', Float64Array.of(0.6, 1, 1.6, 2.5)]]);
    const divided = applyFactors(graph, factors);
    const table = tableOf(divided, inputs);
    const divisors = new Map([...factors].map(([id, list]) => [id, [...list]] as const));
    for (const { layer, alone } of await errorsOf({ graph: divided, table, divisors })) {
      expect(alone.sqnr, layer).toBeGreaterThan(25);
    }
    const [worst] = await errorsOf({ graph: divided, table });
    expect(worst.alone.sqnr).toBeLessThan(12);
  });
});
