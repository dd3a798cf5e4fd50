import type { TuningView } from '../../../electron/shared/schemas/results.ts';

/** One thing that was tried, as the table shows it. */
export interface TuningRow {
  readonly what: string;
  readonly agreement: number;
  /** How far the answers lie from fp32's, from 0 (equal) to 1: noise relative to signal. */
  readonly distance: number;
  readonly kept: boolean;
  /** Share of the distance that it took away; null of what was tried first, below 0 of what is kept for being quicker. */
  readonly gain: number | null;
}

const methods = ['kl', 'mse', 'percentile', 'minmax'] as const;

/** The method whose thresholds a step takes for all blobs; undefined of other steps. */
export function methodOf(what: string): (typeof methods)[number] | undefined {
  const code = what === 'KL' ? 'kl' : /^thresholds by (\w+)$/.exec(what)?.[1];
  return methods.find((method) => method === code);
}

/** The steps of the search with what each that was kept won over what was kept before it. */
export function tuningRows(steps: TuningView['steps']): readonly TuningRow[] {
  let best: number | undefined;
  return steps.map(({ what, agreement, loss: distance, kept }) => {
    const gain = best === undefined ? null : best === 0 ? 0 : 1 - distance / best;
    if (kept) best = distance;
    return { what, agreement, distance, kept, gain };
  });
}
