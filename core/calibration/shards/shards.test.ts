import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomSource } from '../../common/random.ts';
import { chooseThresholds } from '../choose-thresholds.ts';
import { FineHistogram } from '../fine-histogram.ts';
import { planCalibration, plannedRegions, type CalibrationPlan } from '../plan-calibration.ts';
import { tableText } from '../table-text.ts';
import { smallTarget } from '../fixtures.testing.ts';
import { readFineBytes, fineBytes } from './fine-bytes.ts';
import { mergeShards } from './merge-shards.ts';
import { inputsOf, type Shard } from './shard.ts';
import { readShard, writeShard } from './shard-file.ts';

const origin = { modelSha256: 'ab', preprocessing: '8 x 8', inputsSha256: 'cd', inputs: 12, version: '0.1.0' };
const plan = planCalibration(smallTarget(), { format: 'dev', group: 1 });

/** What one input gives each region. */
function inputValues(input: number, region: number): Float32Array {
  const random = randomSource(100 * input + region + 1);
  return Float32Array.from({ length: 500 }, (_, i) => (i % 5 === 0 ? 0 : (random() ** 4 - 0.2) * (input + 1)));
}

/** For every second region: counted in bins from the first value on. */
const binned = { bits: 13, mostKept: 0 };

function counted(inputs: readonly number[], of: CalibrationPlan = plan): Shard['fine'] {
  return new Map(
    plannedRegions(of).map(({ id }, region) => {
      const histogram = new FineHistogram(region % 2 === 0 ? undefined : binned);
      for (const input of inputs) histogram.add(inputValues(input, region));
      return [id, histogram] as const;
    }),
  );
}

const all = Array.from({ length: 12 }, (_, i) => i);

function shard(index: number, count: number, changes: Partial<Shard> = {}): Shard {
  const inputs = inputsOf(all.map(String), { index, count }).map(Number);
  const own = { used: inputs.length, sampleCount: inputs.length, skipped: [], fine: counted(inputs) };
  return { part: { index, count }, origin, plan, ...own, ...changes };
}

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-shards-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, content: Shard): Promise<string> {
  const path = join(folder, name);
  await writeShard(path, content);
  return path;
}

describe('shards', () => {
  it('share out every input once, in parts as long as possible', () => {
    const inputs = all.map(String);
    for (const count of [1, 5, 12]) {
      const parts = Array.from({ length: count }, (_, i) => inputsOf(inputs, { index: i + 1, count }));
      expect(parts.flat().sort()).toEqual([...inputs].sort());
      const lengths = parts.map(({ length }) => length);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    }
  });

  it('come back from their file as they were', async () => {
    const written = shard(2, 3, { skipped: [{ path: 'a.png', reason: 'no picture' }] });
    const read = await readShard(await write('2.shard', written));
    expect({ ...read, fine: undefined }).toEqual({ ...written, fine: undefined });
    for (const [id, histogram] of written.fine) {
      const again = read.fine.get(id);
      expect(again?.range).toEqual(histogram.range);
      for (const counted of ['magnitudes', 'not-negative'] as const) {
        expect(again?.histogram(counted)).toEqual(histogram.histogram(counted));
      }
    }
  });

  it.each([1, 2, 5, 12])('merge to the table of one calibration, byte for byte (%i parts)', async (count) => {
    const fine = counted(all);
    const regions = new Map(
      [...fine].map(([id, h]) => [id, { range: h.range, histogram: h.histogram('magnitudes') }] as const),
    );
    const whole = await chooseThresholds(plan, { used: 12, sampleCount: 12, skipped: [], regions });
    const parts = Array.from({ length: count }, (_, i) => shard(i + 1, count)).reverse();
    const paths = await Promise.all(parts.map((part, i) => write(`${i}.shard`, part)));
    const merged = await mergeShards(paths);
    expect(tableText(merged.table)).toBe(tableText(whole.table));
    expect(merged.used).toBe(12);
  });

  const others: readonly (readonly [string, Partial<Shard>])[] = [
    ['model', { origin: { ...origin, modelSha256: 'x' } }],
    ['preprocessing', { origin: { ...origin, preprocessing: '9 x 9' } }],
    ['list of inputs', { origin: { ...origin, inputsSha256: 'x' } }],
    ['version of Cortado', { origin: { ...origin, version: '0.0.9' } }],
    ['number of shards', { part: { index: 2, count: 3 } }],
    ['method', { plan: { ...plan, methodName: 'mse' } }],
    ['format', { plan: { ...plan, format: 'ncnn' } }],
    ['grouping', { plan: { ...plan, group: 0 } }],
    ['set of blobs', { fine: new Map() }],
  ];
  it.each(others)('of another %s are refused by name', async (what, changes) => {
    const paths = [await write('1.shard', shard(1, 2)), await write('2.shard', shard(2, 2, changes))];
    await expect(mergeShards(paths)).rejects.toMatchObject({
      code: 'shard.mismatch',
      message: expect.stringContaining(`another ${what} than ${paths[0]}`) as unknown,
      location: { file: paths[1], field: what },
    });
  });

  it('that are missing or given twice are named', async () => {
    const paths = [await write('1.shard', shard(1, 4)), await write('3.shard', shard(3, 4))];
    await expect(mergeShards(paths)).rejects.toMatchObject({
      code: 'shard.missing',
      message: 'Of 4 shards 2 are missing: 2/4, 4/4.',
    });
    const copy = await write('copy.shard', shard(3, 4));
    await expect(mergeShards([...paths, copy])).rejects.toMatchObject({
      code: 'shard.twice',
      location: { file: copy },
    });
    await expect(mergeShards([])).rejects.toMatchObject({ code: 'shard.none' });
  });

  it('that are damaged anywhere, cut off or no shards are refused by name', async () => {
    const path = await write('1.shard', shard(1, 1));
    const good = await readFile(path);
    const random = randomSource(4);
    for (let round = 0; round < 40; round++) {
      const bytes = Buffer.from(good);
      const at = 16 + Math.floor(random() * (bytes.length - 16));
      bytes[at] ^= 1 << Math.floor(random() * 8);
      await writeFile(path, round % 2 === 0 ? bytes : good.subarray(0, at));
      await expect(readShard(path)).rejects.toMatchObject({ code: 'shard.damaged', location: { file: path } });
    }
    for (const bytes of [Buffer.alloc(0), Buffer.from('conv1_param_0 1.0\n'.repeat(9))]) {
      await writeFile(path, bytes);
      await expect(readShard(path)).rejects.toMatchObject({ code: 'shard.not-a-shard' });
    }
  });
});

it('histograms with impossible bins are refused', () => {
  const histogram = new FineHistogram(binned);
  histogram.add(Float32Array.of(1, 2, 3));
  const bytes = fineBytes([histogram]);
  expect(readFineBytes(bytes, 1)[0].histogram('magnitudes')).toEqual(histogram.histogram('magnitudes'));
  expect(() => readFineBytes(bytes, 2)).toThrow(RangeError);
  expect(() => readFineBytes(Uint8Array.of(...bytes, 0), 1)).toThrow(RangeError);
  const facts = bytes.subarray(0, 72);
  expect(() => readFineBytes(Uint8Array.of(...facts, 1, 0xff, 0xff, 0x7f, 1), 1)).toThrow(RangeError);
  for (const [fact, value] of [
    [5, 30],
    [6, 2 ** 40],
    [7, 7],
    [8, 300],
  ]) {
    const wrong = bytes.slice();
    new DataView(wrong.buffer).setFloat64(8 * fact, value, true);
    expect(() => readFineBytes(wrong, 1), String(fact)).toThrow(RangeError);
  }
  expect(() => readFineBytes(fineBytes([kept(3)]).fill(0xff, 72), 1)).toThrow(RangeError);
});

function kept(count: number): FineHistogram {
  const histogram = new FineHistogram();
  histogram.add(new Float32Array(count).fill(1));
  return histogram;
}
