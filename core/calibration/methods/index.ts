import { aciq } from './aciq.ts';
import { eq } from './eq.ts';
import { klTensorRt } from './kl-tensorrt.ts';
import type { ThresholdMethod } from './method.ts';
import { minMax } from './min-max.ts';
import { mse } from './mse.ts';
import { percentile } from './percentile.ts';

/** Methods that are the same in every format; `kl` is each format's own. */
export const commonMethods = {
  tensorrt: klTensorRt,
  minmax: minMax,
  percentile,
  mse,
  aciq,
  eq,
} as const satisfies Readonly<Record<string, ThresholdMethod>>;

/** `--method`: what a user calls a way to choose thresholds. */
export type MethodName = 'kl' | keyof typeof commonMethods;

export const methodNames: readonly MethodName[] = [
  'kl',
  ...(Object.keys(commonMethods) as (keyof typeof commonMethods)[]),
];
