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

/** Labels of ticks in one unit, with as many decimals as tell them apart. */
export function durationLabels(values: readonly number[]): readonly string[] {
  for (const digits of [0, 1, 2, 3, 4]) {
    const labels = values.map((value) => durationWith(value, Math.max(...values), digits));
    if (new Set(labels).size === values.length) return labels;
  }
  return values.map(formatDuration);
}

function durationWith(value: number, largest: number, digits: number): string {
  if (largest >= 1e9) return `${(value / 1e9).toFixed(digits)} s`;
  if (largest >= 1e6) return `${(value / 1e6).toFixed(digits)} ms`;
  return largest >= 1e3 ? `${(value / 1e3).toFixed(digits)} µs` : `${value.toFixed(digits)} ns`;
}
