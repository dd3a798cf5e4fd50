import { describe, expect, it } from 'vitest';
import type { Graph } from '../../graph/graph.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import { normalise } from '../../images/normalise.ts';
import { quantise } from '../../quantization/arithmetic.ts';
import { execute } from '../../quantization/execute/execute.ts';
import { GraphBuilder, randomInputs } from '../../quantization/testing/graph-builder.ts';
import { randomGraph } from '../../quantization/testing/random-graph.ts';
import { tableOf } from '../../quantization/testing/tables.ts';
import { bytesOf, crc32 } from '../package/crc32.ts';
import { decodePackage } from '../package/read.ts';
import { buildNeonPackage, type NeonBuild } from './build.ts';
import { imagePattern } from './golden-input.ts';
import { peakBlobBytes } from './memory.ts';

const MODEL_SHA256 = '12'.repeat(32);

function preprocessing(width: number, height: number, mean: Preprocessing['mean']): Preprocessing {
  return { resize: { width: 32, height: 32 }, crop: { width, height }, channels: 'bgr', mean, norm: 0.02 };
}

function smallGraph(): Graph {
  const b = new GraphBuilder(3);
  b.input('data', [1, 3, 8, 6]);
  b.convolution('c1', 'data', 5, { kernel: { height: 3, width: 3 }, activation: { kind: 'relu' } });
  b.convolution('c2', 'c1', 4);
  b.softmax('prob', 'c2');
  return b.build(['prob']);
}

function build(overrides: Partial<NeonBuild> = {}): NeonBuild {
  const graph = overrides.graph ?? smallGraph();
  const table = 'table' in overrides ? overrides.table : tableOf(graph, randomInputs(graph, 1));
  return { graph, table, precision: 'int8', modelSha256: MODEL_SHA256, ...overrides };
}

describe('buildNeonPackage', () => {
  it('holds a golden input of pixels whose outputs and checks the executor finds again', async () => {
    const values = preprocessing(6, 8, { kind: 'values', values: [100, 110, 120] });
    const { bytes } = await buildNeonPackage(
      build({ preprocessing: values, labels: ['a', 'b', 'c', 'd'], name: 'small' }),
    );
    const model = decodePackage(bytes);
    expect(model.network.name).toBe('small');
    expect(model.labels).toEqual(['a', 'b', 'c', 'd']);
    const [golden] = model.golden;
    const pixels = golden.inputs[0].data;
    expect(pixels).toBeInstanceOf(Uint8Array);

    // As a board does it: pixels through the table of 256 entries per channel.
    const { table } = model.preprocessing;
    const input = Int8Array.from(pixels, (pixel, index) => table[256 * Math.floor(index / 48) + pixel]);
    const { scale } = model.network.tensors[0];
    expect([...input]).toEqual(
      Array.from(normalise(Uint8Array.from(pixels), values), (value) => quantise(value, scale)),
    );
    const checks = new Map<number, number>();
    const outputs = await execute(model.network, [input], {
      onBlob: (index, data) => {
        if (data instanceof Int8Array) checks.set(index, crc32(bytesOf(data)));
      },
    });
    expect(outputs[0]).toEqual(golden.outputs[0].data);
    expect(checks).toEqual(model.checks);
    expect(model.checks.size).toBe(2);
    expect(golden.outputs[0].tolerance).toBeGreaterThan(0);
    expect(golden.outputs[0].tolerance).toBeLessThan(1e-3);
  });

  it('takes a mean image by the formula, without a table', async () => {
    const data = Float32Array.from({ length: 144 }, (_, index) => 90 + (index % 50));
    const mean = { kind: 'image', channels: 3, size: { width: 6, height: 8 }, data } as const;
    const model = decodePackage((await buildNeonPackage(build({ preprocessing: preprocessing(6, 8, mean) }))).bytes);
    expect(model.preprocessing.table).toHaveLength(0);
    expect(model.preprocessing.meanImage).toEqual(data);
  });

  it('takes the pixels of a given picture', async () => {
    const pixels = Uint8Array.from({ length: 144 }, (_, index) => index);
    const values = preprocessing(6, 8, { kind: 'values', values: [] });
    const model = decodePackage((await buildNeonPackage(build({ preprocessing: values, goldenPixels: pixels }))).bytes);
    expect(model.golden[0].inputs[0].data).toEqual(pixels);
    await expect(
      buildNeonPackage(build({ preprocessing: values, goldenPixels: pixels.subarray(1) })),
    ).rejects.toMatchObject({ code: 'build.golden-size' });
  });

  it('has a float golden input where the preprocessing is not known', async () => {
    const model = decodePackage((await buildNeonPackage(build())).bytes);
    expect(model.golden[0].inputs[0].data).toBeInstanceOf(Float32Array);
    expect(model.preprocessing.channels).toBe('unknown');
  });

  it('builds fp32 without a table, in float from end to end', async () => {
    const { bytes, layers } = await buildNeonPackage(build({ precision: 'fp32', table: undefined, tableSha256: 'x' }));
    const model = decodePackage(bytes);
    expect(model.checks.size).toBe(0);
    expect(model.fingerprint).toMatchObject({ precision: 'fp32', modelSha256: MODEL_SHA256 });
    expect(model.fingerprint.tableSha256).toBeUndefined();
    expect(layers.every(({ runsAs, reason }) => runsAs === 'float' && reason === '')).toBe(true);
    expect(model.macs).toBe(5 * 6 * 4 * 27 + 4 * 6 * 4 * 5);
  });

  it('builds fp16: half the bytes of weights, the same computation, and says what that costs', async () => {
    const b = new GraphBuilder(6);
    b.input('data', [1, 3, 8, 6]);
    b.convolution('c1', 'data', 64, { kernel: { height: 3, width: 3 } });
    b.convolution('c2', 'c1', 64, { kernel: { height: 3, width: 3 } });
    const graph = b.build(['c2']);
    const whole = await buildNeonPackage(build({ graph, precision: 'fp32', table: undefined }));
    const { bytes, layers, notes, half } = await buildNeonPackage(
      build({ graph, precision: 'fp16', table: undefined }),
    );
    expect(bytes.length).toBeLessThan(0.53 * whole.bytes.length);
    const model = decodePackage(bytes);
    expect(model.fingerprint.precision).toBe('fp16');
    expect(layers.map(({ runsAs, reason }) => [runsAs, reason])).toEqual([
      ['float', 'weights as float16'],
      ['float', 'weights as float16'],
    ]);
    const [exact, found] = [whole.bytes, bytes].map((file) => decodePackage(file).golden[0].outputs[0].data);
    const largest = Math.max(...Array.from(exact, Math.abs));
    const difference = Math.max(...Array.from(exact, (value, i) => Math.abs(value - found[i])));
    expect(half?.outputs).toEqual([{ output: 'c2', error: difference / largest }]);
    expect(difference / largest).toBeGreaterThan(1e-6);
    expect(difference / largest).toBeLessThan(2e-3);
    expect(notes.join()).toMatch(/float16 weights change the outputs/);
    const outputs = await execute(model.network, [Float32Array.from(model.golden[0].inputs[0].data)]);
    expect(outputs[0]).toEqual(found);
  });

  it('holds the float layers of an int8 network as float16 where that is wanted', async () => {
    const keepFloat = new Set(['c2']);
    const built = await buildNeonPackage(build({ keepFloat, floatWeights: 'fp16' }));
    expect(built.layers.find(({ layer }) => layer === 'c2')?.reason).toBe(
      'kept in float on request; weights as float16',
    );
    const { fingerprint, network } = decodePackage(built.bytes);
    expect(fingerprint.precision).toBe('int8');
    const forms = network.operations.flatMap((o) => (o.kind === 'convolution' ? [o.form] : []));
    expect(forms.map((form) => (form.kind === 'float' ? form.weightType : form.kind))).toEqual([
      'int8-to-float',
      'float16',
    ]);
    expect((await buildNeonPackage(build({ keepFloat }))).half).toBeUndefined();
  });

  it('checks no int8 blob that float sums lie before, and gives its outputs room', async () => {
    const b = new GraphBuilder(4);
    b.input('data', [1, 3, 8, 8]);
    b.convolution('unlisted', 'data', 4);
    b.convolution('c1', 'unlisted', 4);
    const graph = b.build(['c1']);
    const table = tableOf(graph, randomInputs(graph, 1));
    const weights = new Map([...table.weights].filter(([layer]) => layer !== 'unlisted'));
    const { bytes, notes } = await buildNeonPackage(build({ graph, table: { ...table, weights } }));
    const model = decodePackage(bytes);
    expect(model.network.tensors.some(({ type }) => type === 'int8')).toBe(true);
    expect(model.checks.size).toBe(0);
    const [{ data, tolerance }] = model.golden[0].outputs;
    expect(tolerance).toBeCloseTo(0.05 * Math.max(...Array.from(data, Math.abs)), 6);
    expect(notes.join()).toMatch(/unlisted runs in float/);
  });

  it('refuses by name', async () => {
    await expect(buildNeonPackage(build({ precision: 'int4' }))).rejects.toMatchObject({ code: 'build.precision' });
    await expect(buildNeonPackage(build({ table: undefined }))).rejects.toMatchObject({
      code: 'quantization.no-table',
      advice: expect.stringContaining('cortado calibrate') as unknown,
    });
    const wrong = preprocessing(7, 8, { kind: 'values', values: [] });
    await expect(buildNeonPackage(build({ preprocessing: wrong }))).rejects.toMatchObject({
      code: 'build.preprocessing',
    });
  });

  it('refuses blobs that boards do not hold, by name', async () => {
    const b = new GraphBuilder();
    b.input('data', [1, 3, 4, 4]);
    b.reshape('deep', 'data', [1, 3, 2, 2, 4]);
    await expect(
      buildNeonPackage(build({ graph: b.build(['deep']), precision: 'fp32', table: undefined })),
    ).rejects.toMatchObject({ code: 'build.axes', message: expect.stringContaining('deep') as unknown });
  });

  it('gives the same bytes every time', async () => {
    expect((await buildNeonPackage(build())).bytes).toEqual((await buildNeonPackage(build())).bytes);
  });
});

describe('imagePattern', () => {
  it('uses the range of pixels and depends on its seed alone', () => {
    const pattern = imagePattern([1, 3, 40, 50], 7);
    expect(new Set(pattern).size).toBeGreaterThan(150);
    expect(imagePattern([1, 3, 40, 50], 7)).toEqual(pattern);
    expect(imagePattern([1, 3, 40, 50], 8)).not.toEqual(pattern);
  });
});

describe('peakBlobBytes', () => {
  it('is the largest sum of blobs that are alive together', async () => {
    const b = new GraphBuilder();
    b.input('data', [1, 1, 16, 16]);
    b.convolution('big', 'data', 4);
    b.pooling('small', 'big', 'max', { kernel: 16, stride: 16 });
    b.convolution('out', 'small', 1);
    const graph = b.build(['out']);
    const { bytes } = await buildNeonPackage(build({ graph, precision: 'fp32' }));
    const { network, fingerprint } = decodePackage(bytes);
    expect(peakBlobBytes(network)).toBe(4 * 256 * (1 + 4));
    expect(fingerprint.memory).toBe(4 * 256 * (1 + 4));
  });

  it('is at least each blob by itself in any network', async () => {
    const { bytes } = await buildNeonPackage(build({ graph: randomGraph(2), precision: 'fp32' }));
    const { network } = decodePackage(bytes);
    const largest = Math.max(...network.tensors.map(({ shape }) => 4 * shape.reduce((a, c) => a * c, 1)));
    expect(peakBlobBytes(network)).toBeGreaterThanOrEqual(largest);
  });
});
