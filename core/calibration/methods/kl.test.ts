import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { binCount, type Histogram } from '../histogram.ts';
import { countAbsolute } from './count-absolute.ts';
import { countPositive } from './count-positive.ts';
import { klDevWeight } from './kl-dev-weight.ts';
import { klNcnn } from './kl-ncnn.ts';
import { klRelease } from './kl-release.ts';
import { syntheticHistograms, syntheticValues } from './synthetic.testing.ts';

const python = '/usr/bin/python3';
const hasNumpy = spawnSync(python, ['-c', 'import numpy']).status === 0;
const script = fileURLToPath(new URL('../../../test/reference/kl_reference.py', import.meta.url));

function reference(args: readonly string[], input: Float64Array | Float32Array): number[] {
  const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  const output = execFileSync(python, [script, ...args], { input: bytes, maxBuffer: 1 << 26 });
  return JSON.parse(output.toString()) as number[];
}

function joined(histograms: readonly Histogram[]): Float64Array {
  const all = new Float64Array(histograms.length * binCount);
  histograms.forEach((histogram, index) => {
    all.set(histogram.counts, index * binCount);
  });
  return all;
}

describe.skipIf(!hasNumpy)('against a transcription of the rules in numpy', () => {
  const histograms = syntheticHistograms();

  it.each([
    ['release', klRelease],
    ['dev-weight', klDevWeight],
  ] as const)('%s chooses the same bins', (name, method) => {
    const expected = reference([name], joined(histograms.map(({ histogram }) => histogram)));
    histograms.forEach(({ name: shape, histogram }, index) => {
      expect(method.choose(histogram).bin, shape).toBe(expected[index]);
    });
  });

  it.each([
    ['count-absolute', countAbsolute],
    ['count-positive', countPositive],
  ] as const)('%s counts the same, values beside the edges included', (name, count) => {
    for (const { values, max } of syntheticValues()) {
      const counts = new Float64Array(binCount);
      count(values, max, counts);
      expect([...counts], `max ${max}`).toEqual(reference([name, String(max)], values));
    }
  });
});

describe('thresholds', () => {
  const relu = syntheticHistograms()[0].histogram;

  it('lie half a bin above the chosen one', () => {
    for (const method of [klRelease, klDevWeight]) {
      const { bin, threshold, scale } = method.choose(relu);
      expect(threshold).toBe((bin + 0.5) * (relu.max / 2048));
      expect(scale).toBe(127 / threshold);
    }
    const { bin, threshold, scale } = klNcnn.choose(relu);
    expect(threshold).toBeCloseTo((bin + 0.5) * (relu.max / 2048), 6);
    expect(scale).toBe(Math.fround(127 / threshold));
  });

  it('know a histogram that says nothing', () => {
    const empty = { max: 1, counts: new Float64Array(binCount) };
    for (const method of [klRelease, klDevWeight, klNcnn]) expect(method.isEmpty(empty)).toBe(true);
    const firstBinOnly = { max: 1, counts: Float64Array.of(5, ...new Float64Array(binCount - 1)) };
    expect(klDevWeight.isEmpty(firstBinOnly)).toBe(true);
    expect(klRelease.isEmpty(firstBinOnly)).toBe(false);
  });

  it('of ncnn equal the search over every divergence in full', () => {
    for (const { name, histogram } of syntheticHistograms().filter((_, index) => index % 4 === 0)) {
      expect(klNcnn.choose(histogram).bin, name).toBe(ncnnInFull(histogram));
    }
  });
});

/** ncnn's search written as plainly as it goes, in float32. */
function ncnnInFull({ counts }: Histogram): number {
  const f = Math.fround;
  const total = counts.reduce((a, b) => a + b);
  const h = Float32Array.from(counts, (count) => count / total);
  let best = Infinity;
  let chosen = 128;
  for (let i = 128; i < h.length; i++) {
    const p = Float32Array.from(h.subarray(0, i), (value) => f(1e-4) + value);
    for (let j = i; j < h.length; j++) p[i - 1] += h[j];
    const q = new Float32Array(i).fill(f(1e-4));
    for (let group = 0; group < 128; group++) {
      const [start, end] = [(group * i) / 128, ((group + 1) * i) / 128];
      // Edge bins first, as there: the order of float32 additions counts.
      const overlap = (bin: number): number => Math.min(end, bin + 1) - Math.max(start, bin);
      const inside: number[] = [];
      for (let bin = Math.floor(start); bin < end; bin++) if (overlap(bin) > 0) inside.push(bin);
      const isEdge = (bin: number): boolean => overlap(bin) < 1;
      const order = [...inside.filter(isEdge), ...inside.filter((bin) => !isEdge(bin))];
      const mass = order.reduce((sum, bin) => f(sum + f(overlap(bin) * h[bin])), 0);
      for (const bin of order) q[bin] += f(overlap(bin) * f(mass / (i / 128)));
    }
    let divergence = 0;
    for (let j = 0; j < i; j++) divergence = f(divergence + f(p[j] * f(Math.log(f(p[j] / q[j])))));
    if (divergence < best) [best, chosen] = [divergence, i];
  }
  return chosen;
}
