import type { DetectionParameters } from './detection-parameters.ts';

/** Functions of one value, with the parameters a, b and c. */
export type UnaryFunction =
  'abs' | 'elu' | 'sigmoid' | 'tanh' | 'power' | 'exp' | 'log' | 'bnll' | 'threshold' | 'swish' | 'clip';

/** A function of each value alone; formulas: native/engine/schema/package.fbs. */
export interface Unary {
  readonly kind: 'unary';
  readonly function: UnaryFunction;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Caffe's LRN: y = x / (k + factor * s)^beta, s the sum of squares over `size` channels or a `size` x `size` window. */
export interface LocalResponse {
  readonly kind: 'local-response';
  /** Odd. */
  readonly size: number;
  /** Over a window inside one channel, in place of channels. */
  readonly within: boolean;
  readonly factor: number;
  readonly beta: number;
  readonly k: number;
}

/** SSD's Normalize: y = x / sqrt(s + eps) * scale[c]. */
export interface Normalize {
  readonly kind: 'normalize';
  /** s is the sum of squares of the whole sample, else of the channels of one pixel. */
  readonly acrossSpatial: boolean;
  readonly eps: number;
  /** One per channel, or one for all. */
  readonly scale: Float32Array;
}

export interface Reduction {
  readonly kind: 'reduction';
  readonly function: 'sum' | 'absolute-sum' | 'square-sum';
  readonly factor: number;
}

/** The largest values along `axis`, best first, or their positions. Of equal values the first is the better. */
export interface ArgMax {
  readonly kind: 'argmax';
  readonly axis: number;
  readonly indices: boolean;
}

export type FloatFunction =
  | Unary
  /** Inputs: x and an operand of as many axes, each extent that of x or 1. */
  | { readonly kind: 'broadcast'; readonly function: 'multiply' | 'add' }
  /** Bilinear, corners on corners. */
  | { readonly kind: 'interp' }
  | LocalResponse
  | Normalize
  | Reduction
  | ArgMax
  /** No input: the same values for every picture. */
  | { readonly kind: 'constant'; readonly values: Float32Array }
  /** Inputs: locations, confidences, priors. */
  | { readonly kind: 'detection-output'; readonly parameters: DetectionParameters };

const floatKinds: Readonly<Record<FloatFunction['kind'], true>> = {
  unary: true,
  broadcast: true,
  interp: true,
  'local-response': true,
  normalize: true,
  reduction: true,
  argmax: true,
  constant: true,
  'detection-output': true,
};

export function isFloatFunction<T extends { readonly kind: string }>(
  operation: T,
): operation is Extract<T, FloatFunction> {
  return Object.hasOwn(floatKinds, operation.kind);
}
