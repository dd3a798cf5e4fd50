import { describe, expect, it } from 'vitest';
import { randomSource } from '../common/random.ts';
import type { Tensor } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph } from '../graph/graph.ts';
import { applyCorrections, applyRounding } from '../calibration/tuning/apply.ts';
import { interpret } from '../graph/interpret.ts';
import { execute } from '../quantization/execute/execute.ts';
import { quantiseBlob } from '../quantization/execute/convert.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import { convolutionsOf, scalesOf, tableOf } from './candidates.ts';
import { mendLayers } from './layer-by-layer.ts';
import { biasCorrection, resultMeans } from './result-means.ts';

const random = randomSource(11);
const channels = 24;
const shape = [1, channels, 5, 5];

function layer(name: string, input: string, group: number): ConvolutionOperation {
  const area = group === 1 ? 1 : 9;
  const extent = group === 1 ? 1 : 3;
  return {
    kind: 'convolution',
    layer: name,
    inputs: [input],
    output: name,
    fullyConnected: false,
    kernel: { height: extent, width: extent },
    stride: { height: 1, width: 1 },
    pad: { height: group === 1 ? 0 : 1, width: group === 1 ? 0 : 1 },
    dilation: { height: 1, width: 1 },
    group,
    outputChannels: channels,
    weights: Float32Array.from({ length: (channels * channels * area) / group }, () => (random() - 0.47) / 2),
    bias: Float32Array.from({ length: channels }, () => random()),
    activation: { kind: 'relu' },
  };
}

const operations = [layer('a', 'data', 1), layer('b', 'a', channels), layer('c', 'b', 1)];
const graph: Graph = {
  name: 'net',
  values: new Map(['data', 'a', 'b', 'c'].map((id) => [id, { id, blob: id, shape }])),
  inputs: ['data'],
  outputs: ['c'],
  operations,
};
/** Channels that vary together, so that rounding one weight can make up for another. */
const inputs = Array.from({ length: 24 }, (): Tensor => {
  const common = Float64Array.from({ length: 25 }, () => random());
  return { shape, data: Float32Array.from({ length: 25 * channels }, (_, i) => common[i % 25] + 0.2 * random()) };
});
const valuesOf = (input: Tensor): ReadonlyMap<string, Tensor> =>
  interpret(graph, new Map([['data', input]]), ['a', 'b', 'c']);

/** Coarse weights, so that rounding matters: one level in 12. */
const table = ((): ReturnType<typeof tableOf> => {
  const thresholds = new Map([
    ['data', 1.2],
    ['a', 2.5],
    ['b', 2.5],
  ]);
  const fine = tableOf(graph, thresholds, new Set());
  return { ...fine, weights: new Map([...fine.weights].map(([key, scales]) => [key, scales.map((s) => s / 12)])) };
})();

const exactResults = (input: Tensor): Promise<ReadonlyMap<string, Float32Array>> =>
  Promise.resolve(new Map([...valuesOf(input)].map(([id, { data }]) => [id, data] as const)));

async function outputError(changed: Graph): Promise<{ readonly squared: number; readonly bias: number }> {
  const { network } = quantizeNetwork(changed, table, 'int8');
  let squared = 0;
  let bias = 0;
  for (const input of inputs) {
    const exact = valuesOf(input).get('c')?.data ?? new Float32Array();
    const [found] = await execute(network, [quantiseBlob(input.data, network.tensors[network.inputs[0]].scale)]);
    exact.forEach((value, i) => {
      squared += (found[i] - value) ** 2;
      bias += found[i] - value;
    });
  }
  return { squared, bias: Math.abs(bias) };
}

describe('mending layer by layer', () => {
  it('brings outputs nearer, by biases and then by weights', async () => {
    const before = await outputError(graph);
    const request = { graph, table, exactResults, inputs };
    const biased = await mendLayers({ ...request, rounds: false });
    expect(biased.levels.size).toBe(0);
    const afterBiases = await outputError(applyCorrections(graph, biased.addToBias));
    expect(afterBiases.bias).toBeLessThan(before.bias / 2);
    expect(afterBiases.squared).toBeLessThan(before.squared);

    const mended = await mendLayers({ ...request, rounds: true });
    const rounded = new Map(
      convolutionsOf(graph).map((operation) => [
        operation.layer,
        { levels: mended.levels.get(operation.layer) ?? new Int8Array(), scales: scalesOf(table, operation) },
      ]),
    );
    const after = await outputError(applyCorrections(applyRounding(graph, rounded), mended.addToBias));
    expect(after.squared).toBeLessThan(0.8 * afterBiases.squared);
  });

  it('takes what is off on every input, and nothing where it is chance', () => {
    const exact = { means: Float64Array.of(1, 1, 1, 1), slopes: Float64Array.of(1, 0.5, 0.01, 1) };
    const found = [Float64Array.of(0.5, 0.5, 0.5, -1), Float64Array.of(0.5, 0.5, 0.5, 3.01)];
    // Half of a bias gets through the second channel's activation; the third is cut off nearly everywhere.
    expect([...biasCorrection([exact, exact], found)]).toEqual([0.5, 1, 5, 0]);
  });

  it('counts what an activation lets through, whatever is taken from its result afterwards', () => {
    const values = Float32Array.of(-2, -0.5, 3, 8, -1, -1, 0.5, 5);
    const limits = { low: -1.5, high: 7 };
    for (const activation of [
      { kind: 'leaky', slopes: Float32Array.of(0.5, 0.25) },
      { kind: 'relu6' },
      { kind: 'relu' },
    ] as const) {
      const whole = resultMeans(values, 2, { activation }, limits);
      const less = (value: number): number => value - 2;
      const stored = resultMeans(
        values.map(less),
        2,
        { activation, resultOffset: 2 },
        { low: less(limits.low), high: less(limits.high) },
      );
      expect([...stored.slopes]).toEqual([...whole.slopes]);
      expect([...stored.means]).toEqual([...whole.means].map(less));
    }
    const leaky = { kind: 'leaky', slopes: Float32Array.of(0.5, 0.25) } as const;
    expect([...resultMeans(values, 2, { activation: leaky }, limits).slopes]).toEqual([1.5 / 4, 2.5 / 4]);
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(mendLayers({ graph, table, exactResults, inputs, rounds: true, signal })).rejects.toThrow();
  });
});
