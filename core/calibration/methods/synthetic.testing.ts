import { randomSource } from '../../common/random.ts';
import { binCount, emptyHistogram, type Histogram } from '../histogram.ts';
import { countAbsolute } from './count-absolute.ts';

export interface NamedHistogram {
  readonly name: string;
  readonly histogram: Histogram;
}

type Sampler = (random: () => number) => number;

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const shapes: Readonly<Record<string, Sampler>> = {
  'half normal': (random) => Math.abs(normal(random)),
  exponential: (random) => -Math.log(1 - random()),
  'heavy tail': (random) => Math.abs(normal(random)) ** 3,
  uniform: (random) => random(),
  'two humps': (random) => (random() < 0.9 ? Math.abs(normal(random)) : 6 + normal(random) * 0.3),
  'few levels': (random) => Math.ceil(random() * 40),
  'pixels less their mean': (random) => Math.floor(random() * 256) - 104,
  'nearly all small': (random) => (random() < 0.999 ? random() * 0.01 : random()),
};

/** Histograms of many shapes, dense and with empty bins: from seeded samples, of three sizes each. */
export function syntheticHistograms(): readonly NamedHistogram[] {
  const histograms: NamedHistogram[] = [];
  let seed = 1;
  for (const [shape, sampler] of Object.entries(shapes)) {
    for (const count of [30_000, 2_000, 60]) {
      const values = samples(sampler, count, seed++);
      histograms.push({ name: `${shape}, ${count} values`, histogram: histogramOf(values) });
    }
  }
  const comb = emptyHistogram(2);
  for (let bin = 0; bin < binCount; bin += 3) comb.counts[bin] = 1 + Math.floor(10_000 / (bin + 1));
  comb.counts[binCount - 1] = 1;
  histograms.push({ name: 'every third bin', histogram: comb });
  const single = emptyHistogram(1);
  single.counts[binCount - 1] = 12;
  histograms.push({ name: 'the last bin alone', histogram: single });
  return histograms;
}

/** Values with their range; many of them on bins' edges and one unit in the last place beside them. */
export function syntheticValues(): readonly { readonly values: Float32Array; readonly max: number }[] {
  return [1, 0.1, 3.3, 548.3689, 1e-5].map((top, index) => {
    const max = Math.fround(top);
    const random = samples((next) => (next() * 2 - 1) * max, 5_000, 100 + index);
    const edges = Float32Array.from({ length: binCount + 1 }, (_, i) => (i * max) / binCount);
    const above = edges.map((edge) => Math.min(max, edge * (1 + 1.2e-7)));
    const below = edges.map((edge) => edge * (1 - 6e-8));
    return { max, values: Float32Array.of(...random, ...edges, ...above, ...below, 0, -0, -max) };
  });
}

function samples(sampler: Sampler, count: number, seed: number): Float32Array {
  const random = randomSource(seed);
  return Float32Array.from({ length: count }, () => sampler(random));
}

function histogramOf(values: Float32Array): Histogram {
  const histogram = emptyHistogram(values.reduce((max, value) => Math.max(max, Math.abs(value)), 0));
  countAbsolute(values, histogram.max, histogram.counts);
  return histogram;
}
