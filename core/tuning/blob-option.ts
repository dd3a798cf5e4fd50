import type { TriedMethod } from './candidates.ts';

/** One way to make a value int8, with what it alone costs the outputs. */
export interface BlobOption {
  /** The method that chose the threshold; `search` for one that was tried. */
  readonly by: TriedMethod | 'search';
  /** What becomes 127 (of what equalisation divided, where there is `share`). */
  readonly threshold: number;
  /** What becomes -127 where the value is stored less an offset (`offsetClasses`); undefined: -threshold. */
  readonly lowest: number | undefined;
  /** The share of `equalisationFactors`; undefined: none. */
  readonly share: number | undefined;
  /** Noise of the outputs relative to their signal, as powers. */
  readonly error: number;
}

/** Undefined where there is none. */
export function leastOf(options: readonly BlobOption[]): BlobOption | undefined {
  return options.reduce<BlobOption | undefined>(
    (best, option) => (best === undefined || option.error < best.error ? option : best),
    undefined,
  );
}
