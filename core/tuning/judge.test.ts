import { describe, expect, it } from 'vitest';
import type { Graph, Operation } from '../graph/graph.ts';
import { interpret } from '../graph/interpret.ts';
import type { ForwardSession } from '../inference/session.ts';
import { GraphBuilder, randomInputs } from '../quantization/testing/graph-builder.ts';
import { ChannelSamples } from './channel-thresholds.ts';
import { tableOf } from './candidates.ts';
import { isBetter, Judge, type Contender, type Verdict } from './judge.ts';
import { judgedOutputs } from './judged-outputs.ts';
import { outputLoss } from './output-loss.ts';

const verdict = (...losses: readonly number[]): Verdict => ({
  losses,
  loss: losses.reduce((sum, loss) => sum + loss / losses.length, 0),
  agreement: 1,
});

describe('isBetter', () => {
  it('wants more than chance where it is to be sure', () => {
    expect(isBetter(verdict(0.5, 0.6, 0.7), verdict(0.4, 0.5, 0.6), true)).toBe(true);
    expect(isBetter(verdict(0.5, 0.6, 0.7), verdict(0.5, 0.6, 0.7), true)).toBe(false);
    // One input won much, the others lost a little.
    expect(isBetter(verdict(0.9, 0.2, 0.2, 0.2), verdict(0.2, 0.3, 0.3, 0.3), true)).toBe(false);
    expect(isBetter(verdict(0.9, 0.2, 0.2, 0.2), verdict(0.2, 0.3, 0.3, 0.3), false)).toBe(true);
    expect(isBetter(verdict(0.4, 0.5), verdict(0.5, 0.6), false)).toBe(false);
  });
});

describe('Judge', () => {
  const builder = new GraphBuilder(3);
  builder.input('data', [1, 3, 6, 6]);
  builder.convolution('a', 'data', 8, { activation: { kind: 'relu' } });
  builder.convolution('b', 'a', 4);
  const graph = builder.build(['b']);
  const inputs = Array.from({ length: 40 }, (_, seed) => {
    const [data] = randomInputs(graph, seed + 1);
    return { shape: [1, 3, 6, 6], data };
  });
  const session: ForwardSession = {
    inputs: new Map([['data', [1, 3, 6, 6]]]),
    outputs: ['b'],
    device: 'test',
    run: (values) => Promise.resolve(interpret(graph, values)),
    close: () => Promise.resolve(),
  };
  const none = { runner: undefined, signal: undefined };
  const contender = (threshold: number): Contender => ({
    graph,
    table: tableOf(
      graph,
      new Map([
        ['data', 1],
        ['a', threshold],
      ]),
      new Set(),
    ),
  });

  it('leaves what is surely worse early, with a loss that can be compared', async () => {
    const judge = await Judge.create(session, 'data', inputs, ['b'], none);
    const [good, bad] = [contender(1.5), contender(0.2)];
    const against = await judge.judge(good);
    expect(against.losses).toHaveLength(40);
    const early = await judge.judge(bad, { against });
    expect(early.losses.length).toBeLessThan(40);
    const whole = await judge.judge(bad);
    expect(early.loss).toBeGreaterThan(2 * against.loss);
    expect(Math.abs(early.loss - whole.loss)).toBeLessThan(0.3 * whole.loss);
    // One that is not worse is looked at to the end.
    const same = await judge.judge(good, { against });
    expect(same.losses).toEqual(against.losses);
    expect(same.loss).toBeCloseTo(against.loss, 12);
  });

  it('tells of each input that it has run', async () => {
    const judge = await Judge.create(session, 'data', inputs, ['b'], none);
    const told: number[] = [];
    await judge.judge(contender(1), { onInput: (done) => told.push(done) });
    expect(told).toEqual(inputs.map((_, index) => index + 1));
  });
});

describe('outputLoss', () => {
  it('is the relative noise of what the softmax was given, for classes', () => {
    // Logits 3, 0, -3 and 3, 1, -4: noise of 0, 1 and -1, beside a signal of 9 + 9 and one for each class.
    const softmax = (...logits: readonly number[]): Float32Array => {
      const powers = logits.map(Math.exp);
      const sum = powers.reduce((total, power) => total + power, 0);
      return Float32Array.from(powers, (power) => power / sum);
    };
    const result = outputLoss([softmax(3, 0, -3)], [softmax(3, 1, -4)]);
    expect(result.loss).toBeCloseTo(Math.sqrt(2 / 21), 5);
    expect(result.agrees).toBe(true);
    // Classes that are surely none, and nearly equal ones, say little.
    expect(outputLoss([Float32Array.of(1, 0, 0)], [Float32Array.of(1, 0, 1e-31)]).loss).toBe(0);
    expect(outputLoss([softmax(0.001, 0)], [softmax(0, 0.001)]).loss).toBeLessThan(0.001);
  });

  it('is the relative noise, for anything else, and the mean over outputs', () => {
    const exact = [Float32Array.of(3, 4), Float32Array.of(1, 1)];
    const found = [Float32Array.of(3, 3), Float32Array.of(-5, 9)];
    expect(outputLoss(exact, found).loss).toBeCloseTo((0.2 + 1) / 2, 6);
    expect(outputLoss(exact, exact)).toEqual({ loss: 0, agrees: true });
    expect(outputLoss([new Float32Array(2)], [new Float32Array(2)]).loss).toBe(0);
  });
});

describe('judgedOutputs', () => {
  it('takes what a choice is made from', () => {
    const argmax: Operation = {
      kind: 'argmax',
      layer: 'm',
      inputs: ['scores'],
      output: 'm',
      axis: 1,
      indices: true,
    };
    const graph: Graph = { name: '', values: new Map(), inputs: [], outputs: ['m', 'other'], operations: [argmax] };
    expect(judgedOutputs(graph, () => true)).toEqual(['scores', 'other']);
    expect(judgedOutputs(graph, (id) => id !== 'scores')).toEqual(['m', 'other']);
  });
});

describe('ChannelSamples', () => {
  it('cuts a lone outlier off, channel by channel', () => {
    const samples = new ChannelSamples(3);
    const even = Float32Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? -i : i) / 63);
    // The largest lies between the samples: only its magnitude is seen.
    samples.add(Float32Array.from([...even, ...even.map((v, i) => (i === 63 ? 1.5 : v)), ...new Float32Array(64)]));
    const [first, second, third] = samples.thresholds();
    expect(first).toBeGreaterThan(0.9);
    expect(first).toBeLessThanOrEqual(1);
    expect(second).toBeGreaterThan(1);
    expect(third).toBe(0);
  });
});
