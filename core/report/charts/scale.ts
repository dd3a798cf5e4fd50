import { formatDuration } from '../format.ts';

/** Maps values to positions on a drawing. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  position(value: number): number;
}

export function linearScale(low: number, high: number, from: number, to: number): Scale {
  const span = high > low ? high - low : 1;
  return { low, high, position: (value) => from + ((value - low) / span) * (to - from) };
}

/** Round values between two bounds, about `wanted` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, wanted = 5): readonly number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

/** Labels of ticks in one unit, with as many decimals as their values have: 1.4 ms is not written as 1 ms. */
export function durationLabels(values: readonly number[]): readonly string[] {
  const [unit, name] = durationUnit(Math.max(...values));
  for (const digits of [0, 1, 2, 3, 4]) {
    const isExact = values.every(
      (value) => Math.abs(Number((value / unit).toFixed(digits)) * unit - value) < 1e-6 * unit,
    );
    if (isExact) return values.map((value) => `${(value / unit).toFixed(digits)} ${name}`);
  }
  return values.map(formatDuration);
}

function durationUnit(largest: number): readonly [nanoseconds: number, name: string] {
  if (largest >= 1e9) return [1e9, 's'];
  if (largest >= 1e6) return [1e6, 'ms'];
  return largest >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
}
