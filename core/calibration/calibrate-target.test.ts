import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../common/npy.ts';
import type { Progress } from '../common/progress.ts';
import { randomSource } from '../common/random.ts';
import { aciq } from './methods/aciq.ts';
import { calibrateTarget, forwardHere, type CalibrationResult, type TargetRequest } from './calibrate-target.ts';
import { FakeSession, smallTarget } from './fixtures.testing.ts';

const target = smallTarget();
type Blob = (name: string, input: Float32Array, run: number) => Float32Array;

/** Every blob is the input repeated many times with another factor: positive, negative, never constant. */
const usual: Blob = (name, input) => {
  const random = randomSource(name.length);
  return Float32Array.from({ length: 4000 }, (_, i) => input[i % 4] * (random() - 0.2));
};

let folder = '';
let inputs: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-calibrate-'));
  inputs = await Promise.all([0, 1, 2].map((index) => save(`${index}.npy`, [1, 1, 2, 2], [1 + index, 2, 3, -1])));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function save(name: string, shape: readonly number[], values: readonly number[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, encodeNpy({ shape, data: Float32Array.from(values) }));
  return path;
}

interface Run {
  readonly result: CalibrationResult;
  readonly session: FakeSession | undefined;
}

async function run(more: Partial<TargetRequest> = {}, blob: Blob = usual): Promise<Run> {
  let session: FakeSession | undefined;
  const createSession = (outputs: readonly string[]): Promise<FakeSession> => {
    session = new FakeSession(target, outputs, blob);
    return Promise.resolve(session);
  };
  try {
    const result = await calibrateTarget({
      ...{ target, inputs, format: 'dev-weight' },
      openForward: forwardHere(createSession, more.signal),
      ...more,
    });
    return { result, session };
  } finally {
    expect(session?.closed ?? true).toBe(true);
  }
}

describe('calibrateTarget', () => {
  it('makes the lines of the format, in order, with 127 / threshold', async () => {
    const { result, session } = await run();
    expect([...result.table.weights]).toEqual([
      ['conv1', [15.5, 0]],
      ['conv2', [127, 31.75]],
      ['conv3', [508, 15.875]],
    ]);
    expect([...result.table.activations.keys()]).toEqual(['conv1', 'conv2', 'conv3']);
    for (const { key, scale, threshold, max } of result.layers) {
      expect(result.table.activations.get(key)).toEqual([scale]);
      expect(scale).toBe(127 / threshold);
      expect(threshold).toBeLessThanOrEqual(max);
    }
    expect(result.used).toBe(3);
    expect(session?.outputs).toEqual(['c1', 'c2']);
    expect(session?.runs).toBe(6);
    expect(result.passes).toBe(2);
    expect((await run({ format: 'ncnn' })).result.passes).toBe(1);
    expect(result.notes).toEqual([
      expect.stringContaining('3 input'),
      expect.stringContaining('data cuts off'),
      expect.stringContaining('conv1'),
    ]);
  });

  it('counts every value of every input over the range of all of them', async () => {
    const { result } = await run({ format: 'ncnn' });
    const [data] = result.layers;
    expect(data.max).toBe(3);
    expect(data.histogram.counts.reduce((a, b) => a + b)).toBe(12);
    expect(data.histogram.counts[2047]).toBe(4);
  });

  it('has a scale per group of channels where the format does, 0 for a dead group', async () => {
    const halves: Blob = (name, input, index) => {
      const values = usual(name, input, index);
      return name === 'c1' ? values.map((value, i) => (i < 2000 ? 0 : value)) : values;
    };
    const { result } = await run({ format: 'dev', group: 1 }, halves);
    const [dead, alive] = result.table.activations.get('conv2') ?? [];
    expect(dead).toBe(0);
    expect(alive).toBeGreaterThan(0);
    expect(result.table.weights.get('conv2')).toEqual([127, 31.75]);
    const { result: whole } = await run({ format: 'dev' }, halves);
    expect(whole.table.activations.get('conv2')).toEqual([alive]);
  });

  it('tells methods how many values an input has', async () => {
    const { result } = await run({ format: 'ncnn', method: 'aciq' });
    const { max, threshold } = result.layers[1];
    expect(threshold).toBe(aciq.choose({ max, counts: new Float64Array(2048) }, 4000).threshold);
    expect(result.table.weights.get('conv1')).toEqual([Math.fround(127 / (aciq.weightThreshold?.(2, 2, 127) ?? 0)), 0]);
  });

  it('takes several samples out of one file', async () => {
    const batch = await save('batch.npy', [2, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, -8]);
    const { result, session } = await run({ inputs: [batch], passes: 1 });
    expect(result.layers[0].max).toBe(8);
    expect(session?.runs).toBe(2);
    const twice = await run({ inputs: [batch], passes: 2 });
    expect(twice.result.layers[0].max).toBe(8);
    expect(twice.session?.runs).toBe(4);
  });

  it('needs no session where only the input is wanted', async () => {
    const first = { ...target, layers: target.layers.slice(0, 1) };
    const { session } = await run({ target: first });
    expect(session).toBeUndefined();
  });

  it('names pictures that cannot be read, and goes on with the others', async () => {
    const bad = join(folder, 'bad.png');
    await writeFile(bad, 'no picture');
    const preprocessing = {
      resize: { width: 2, height: 2 },
      crop: { width: 2, height: 2 },
      channels: 'gray',
      mean: { kind: 'values', values: [0] },
      norm: 1,
    } as const;
    const { result } = await run({ inputs: [bad, ...inputs, join(folder, 'absent.png')], preprocessing });
    expect(result.skipped.map(({ path }) => path)).toEqual([bad, join(folder, 'absent.png')]);
    expect(result.used).toBe(3);
    await expect(run({ inputs: [bad], preprocessing })).rejects.toMatchObject({ code: 'calibration.no-input' });
    await expect(run({ inputs: [bad] })).rejects.toMatchObject({ code: 'calibration.preprocessing' });
    await expect(run({ inputs: [bad, inputs[0], bad], preprocessing })).rejects.toMatchObject({
      code: 'calibration.too-few',
    });
  });

  it('reports each pass from nothing to all', async () => {
    const seen: Progress[] = [];
    await run({ passes: 2, onProgress: (progress) => seen.push(progress) });
    const passes = seen.filter(({ unit }) => unit === 'inputs');
    expect(passes.map(({ done }) => done)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(new Set(passes.map(({ stage }) => stage)).size).toBe(2);
    expect(passes[1].secondsLeft).toBeGreaterThanOrEqual(0);
    const once: Progress[] = [];
    await run({ passes: 1, onProgress: (progress) => once.push(progress) });
    expect(once.filter(({ unit }) => unit === 'inputs').map(({ done }) => done)).toEqual([0, 1, 2, 3]);
  });

  it('tells of each blob whose threshold it chooses', async () => {
    const seen: Progress[] = [];
    const { result } = await run({ onProgress: (progress) => seen.push(progress) });
    const chosen = seen.filter(({ stage }) => stage === 'choosing thresholds').map(({ detail }) => detail);
    expect(chosen).toEqual([...new Set(result.layers.map(({ blob }) => blob))]);
  });

  it('stops at once when it is aborted', async () => {
    const controller = new AbortController();
    let runs = 0;
    const aborting: Blob = (...args) => {
      if (++runs === 3) controller.abort();
      return usual(...args);
    };
    await expect(run({ signal: controller.signal }, aborting)).rejects.toMatchObject({ name: 'AbortError' });
    expect(runs).toBeLessThanOrEqual(4);
  });
});

describe('guards', () => {
  const only =
    (blob: string, values: (length: number) => Float32Array): Blob =>
    (name, input, index) =>
      name === blob ? values(64) : usual(name, input, index);

  it.each([
    ['calibration.all-zero', only('c1', (length) => new Float32Array(length))],
    ['calibration.constant', only('c1', (length) => new Float32Array(length).fill(2.5))],
    ['calibration.not-finite', only('c2', () => Float32Array.of(1, NaN))],
    ['calibration.not-finite', only('c2', () => Float32Array.of(1, Infinity))],
    ['calibration.empty-histogram', only('c1', () => Float32Array.of(-1, -2, -3))],
  ])('stop with %s', async (code, blob) => {
    await expect(run({}, blob)).rejects.toMatchObject({ code });
  });

  it('name the layer and the blob, and the file where it matters', async () => {
    await expect(
      run(
        {},
        only('c1', () => new Float32Array(4)),
      ),
    ).rejects.toMatchObject({
      location: { field: 'conv2: c1' },
      advice: expect.stringContaining('weights') as unknown,
    });
    await expect(
      run(
        {},
        only('c2', () => Float32Array.of(NaN)),
      ),
    ).rejects.toMatchObject({
      location: { file: inputs[0], field: 'c2' },
    });
  });

  it('leave out a blob that no layer computes with, and say so', async () => {
    const { result } = await run(
      { format: 'release' },
      only('prob', (length) => new Float32Array(length)),
    );
    expect([...result.table.activations.keys()]).toEqual(['data', 'c1', 'c2', 'c3', 'fc']);
    expect(result.notes.join('\n')).toMatch(/prob was 0/);
  });

  it('say where a threshold cuts off much of a blob', async () => {
    const { result: all } = await run({ format: 'ncnn', method: 'minmax' });
    expect(all.notes.join('\n')).not.toContain('cuts off');
    const { result: cut } = await run({ format: 'ncnn' });
    expect(cut.layers.find(({ blob }) => blob === 'data')?.clippedShare).toBeGreaterThan(0.1);
    expect(cut.notes.join('\n')).toMatch(/threshold of data cuts off \d+ % of its values: --method minmax/);
  });

  it('refuse black pictures, tensors of another shape, and no input', async () => {
    const black = await save('black.npy', [1, 2, 2], [0, 0, 0, 0]);
    await expect(run({ inputs: [black] })).rejects.toMatchObject({
      code: 'calibration.all-zero',
      advice: expect.stringContaining('black') as unknown,
    });
    const wide = await save('wide.npy', [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
    await expect(run({ inputs: [wide] })).rejects.toMatchObject({ code: 'calibration.input-shape' });
    await expect(run({ inputs: [] })).rejects.toMatchObject({ code: 'calibration.no-input' });
  });

  it('stop where values are so small that their scale is infinite on a board', async () => {
    const tiny = only('c1', (length) => new Float32Array(length).map((_, i) => i * 1e-39));
    await expect(run({}, tiny)).rejects.toMatchObject({ code: 'calibration.all-zero' });
  });

  it('give a blob that is nearly 0 the scale 0 where the format wants it', async () => {
    const faint = only('c1', (length) => new Float32Array(length).map((_, i) => i * 1e-9));
    const { result } = await run({ format: 'dev', group: 0 }, faint);
    expect(result.table.activations.get('conv2')).toEqual([0]);
  });

  it.each([NaN, Infinity])('stop at weights of %f, and name the layer', async (value) => {
    const [conv1, ...rest] = target.layers;
    const data = Float32Array.of(1, value, 0, 1);
    const weights = { ...(conv1.weights ?? { outputChannels: 0 }), data } as typeof conv1.weights;
    const broken = { ...target, layers: [{ ...conv1, weights } as typeof conv1, ...rest] };
    await expect(run({ target: broken })).rejects.toMatchObject({
      code: 'calibration.weights',
      location: { field: 'conv1' },
    });
  });

  it('refuse what a format or network does not have', async () => {
    await expect(run({ format: 'release', group: 1 })).rejects.toMatchObject({ code: 'calibration.group' });
    const twoInputs = { ...target, inputs: new Map([...target.inputs, ['im_info', [1, 3]]] as const) };
    await expect(run({ target: twoInputs })).rejects.toMatchObject({ code: 'calibration.inputs' });
    const poolingOnly = { ...target, layers: target.layers.slice(-1) };
    await expect(run({ target: poolingOnly })).rejects.toMatchObject({ code: 'calibration.no-layer' });
  });
});
