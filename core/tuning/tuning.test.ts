import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyTuning } from '../calibration/tuning/apply.ts';
import { readTuning, tuningFile, writeTunedTable, type LayerTuning } from '../calibration/tuning/tuning.ts';
import { randomSource } from '../common/random.ts';
import type { ConvolutionOperation, Graph } from '../graph/graph.ts';
import { interpret } from '../graph/interpret.ts';
import { equalisationFactors } from './equalise.ts';

const random = randomSource(3);
const values = (length: number): Float32Array => Float32Array.from({ length }, () => random() * 2 - 1);
const square = (extent: number): { readonly height: number; readonly width: number } => ({
  height: extent,
  width: extent,
});

function convolution(name: string, input: string, more: Partial<ConvolutionOperation>): ConvolutionOperation {
  const outputChannels = 4;
  return {
    kind: 'convolution',
    layer: name,
    inputs: [input],
    output: name,
    fullyConnected: false,
    kernel: square(1),
    stride: square(1),
    pad: square(0),
    dilation: square(1),
    group: 1,
    outputChannels,
    weights: values(outputChannels * 4),
    bias: values(outputChannels),
    activation: { kind: 'relu' },
    ...more,
  };
}

/** data → a (leaky) → b (depthwise 3x3) → two readers c and d (2 groups). Channel 0 of a is a hundred times the others. */
function chain(): Graph {
  const first = convolution('a', 'data', { activation: { kind: 'leaky', slopes: Float32Array.of(0.1) } });
  first.weights.forEach((weight, index) => (first.weights[index] = index < 4 ? weight * 100 : weight));
  const depthwise = { group: 4, kernel: square(3), pad: square(1), weights: values(36) };
  const operations = [
    first,
    convolution('b', 'a', depthwise),
    convolution('c', 'b', {}),
    convolution('d', 'b', { group: 2, weights: values(8) }),
  ];
  const shape = [1, 4, 5, 5];
  const ids = ['data', 'a', 'b', 'c', 'd'];
  return {
    name: 'chain',
    values: new Map(ids.map((id) => [id, { id, blob: id, shape }])),
    inputs: ['data'],
    outputs: ['c', 'd'],
    operations,
  };
}

function reachOf(graph: Graph, id: string, input: Float32Array): Float64Array {
  const data = interpret(graph, new Map([['data', { shape: [1, 4, 5, 5], data: input }]]), [id]).get(id)?.data ?? [];
  return Float64Array.from({ length: 4 }, (_, c) => Math.max(...[...data.slice(c * 25, c * 25 + 25)].map(Math.abs)));
}

describe('cross-layer equalisation', () => {
  const graph = chain();
  const input = values(100);
  const statistics = new Map(['a', 'b', 'c', 'd'].map((id) => [id, reachOf(graph, id, input)] as const));

  it.each([0.5, 0.75, 1])('leaves the outputs as they are (share %d)', (share) => {
    const factors = equalisationFactors(graph, statistics, share);
    expect([...factors.keys()]).toEqual(['a', 'b']);
    const tuning = new Map([...factors].map(([layer, divide]) => [layer, { divide: [...divide] }]));
    const tuned = applyTuning(graph, tuning);
    const run = (which: Graph): Float32Array[] =>
      [...interpret(which, new Map([['data', { shape: [1, 4, 5, 5], data: input }]])).values()].map(({ data }) => data);
    run(tuned).forEach((output, index) => {
      run(graph)[index].forEach((value, i) => {
        expect(output[i]).toBeCloseTo(value, 3);
      });
    });
    // A depthwise reader takes it all.
    const reach = reachOf(tuned, 'a', input);
    expect(Math.max(...reach) / Math.min(...reach)).toBeCloseTo(1, 3);
  });

  it('leaves what is no ReLU, an output, or read by others alone', () => {
    const [a, b, ...rest] = graph.operations as readonly ConvolutionOperation[];
    const six: Graph = { ...graph, operations: [{ ...a, activation: { kind: 'relu6' } }, b, ...rest] };
    expect([...equalisationFactors(six, statistics, 1).keys()]).toEqual(['b']);
    expect([...equalisationFactors({ ...graph, outputs: ['a', 'c'] }, statistics, 1).keys()]).toEqual(['b']);
    const pooled: Graph = {
      ...graph,
      operations: [a, b, ...rest, { kind: 'softmax', layer: 's', inputs: ['b'], output: 's', axis: 1 }],
    };
    expect([...equalisationFactors(pooled, statistics, 1).keys()]).toEqual(['a']);
  });
});

describe('the tuning of a table', () => {
  it('lies beside it, and is refused for another table, network or version', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cortado-tuning-'));
    try {
      const table = join(folder, 't.table');
      await writeFile(table, 'a_param_0 1.0\na 1.0\n');
      expect(await readTuning(table)).toBeUndefined();
      const rounded = { scales: [10, 10, 10, 0], levels: Int8Array.from({ length: 16 }, (_, i) => 8 * i - 60) };
      const changes = { divide: [1, 2, 3, 4], addToBias: [0.5, 0, 0, -1], rounded };
      const tuning = new Map<string, LayerTuning>([
        ['a', changes],
        ['b', { offset: 0.25 }],
      ]);
      await writeTunedTable(
        table,
        { format: 'ncnn', activationKey: 'layer', weights: new Map([['a', [1]]]), activations: new Map([['a', [1]]]) },
        tuning,
      );
      expect(await readFile(table, 'utf8')).toBe('a_param_0 1.0\na 1.0\n');
      expect(await readTuning(table)).toEqual(tuning);

      const tuned = applyTuning(chain(), tuning).operations[0] as ConvolutionOperation;
      const before = chain().operations[0] as ConvolutionOperation;
      expect(tuned.bias.length).toBe(before.bias.length);
      expect(tuned.weights[5]).toBeCloseTo(-2, 6);
      expect(tuned.weights[15]).toBe(0);
      expect(() => applyTuning(chain(), new Map([['a', { divide: [1] }]]))).toThrow(
        expect.objectContaining({ code: 'tuning.mismatch' }),
      );
      const short = { scales: [1, 1, 1, 1], levels: new Int8Array(15) };
      expect(() => applyTuning(chain(), new Map([['a', { rounded: short }]]))).toThrow(
        expect.objectContaining({ code: 'tuning.mismatch' }),
      );
      expect(() => applyTuning(chain(), new Map([['x', {}]]))).toThrow(
        expect.objectContaining({ code: 'tuning.mismatch' }),
      );

      const content = await readFile(tuningFile(table), 'utf8');
      await writeFile(table, 'a_param_0 2.0\na 1.0\n');
      await expect(readTuning(table)).rejects.toMatchObject({ code: 'tuning.table' });
      for (const damaged of ['{', content.replace('"version":5', '"version":6'), content.replace('[1,2', '[0,2')]) {
        await writeFile(tuningFile(table), damaged);
        await expect(readTuning(table)).rejects.toMatchObject({ code: 'tuning.format' });
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
