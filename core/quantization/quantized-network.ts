import type { Shape } from '../common/tensor.ts';
import type { FloatFunction } from '../graph/float-functions.ts';
import type { Activation, Size2d } from '../graph/graph.ts';
import type { Move } from '../graph/moves.ts';

/**
 * What a package holds of a network: blobs with types and scales, and operations in execution order. A plain mirror of
 * native/engine/schema/package.fbs, whose comments are the semantics.
 */
export interface QuantizedNetwork {
  readonly name: string;
  readonly tensors: readonly QuantizedTensor[];
  readonly inputs: readonly TensorIndex[];
  readonly outputs: readonly TensorIndex[];
  readonly operations: readonly QuantizedOperation[];
}

/** Position in `QuantizedNetwork.tensors`. */
export type TensorIndex = number;

export interface QuantizedTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly type: 'int8' | 'float32';
  /** int8 = round(float * scale), a float32 value; 0 for float32. */
  readonly scale: number;
}

/** One entry per output channel (per divisor in average pooling): see "One arithmetic" in docs/architecture.md. */
export interface Requantisation {
  readonly multiplier: Uint16Array;
  readonly rightShift: Uint8Array;
  readonly leftShift: Uint8Array;
  /** The result's level of 0.0. */
  readonly zero: number;
  /** Inclusive bounds of the result. */
  readonly low: number;
  readonly high: number;
  /** For accumulators below 0, where they have a multiplier of their own. */
  readonly negative?: {
    readonly multiplier: Int16Array;
    readonly rightShift: Uint8Array;
    readonly leftShift: Uint8Array;
  };
}

interface OperationBase {
  /** Name of the Caffe layer that it belongs to. */
  readonly layer: string;
  readonly output: TensorIndex;
}

interface UnaryBase extends OperationBase {
  readonly input: TensorIndex;
}

export type ConvolutionForm =
  | {
      readonly kind: 'int8';
      readonly weights: Int8Array;
      readonly bias: Int32Array;
      readonly requantisation: Requantisation;
    }
  /** y = activation(acc * outputFactor[c]). */
  | {
      readonly kind: 'int8-to-float';
      readonly weights: Int8Array;
      readonly bias: Int32Array;
      readonly outputFactor: Float32Array;
      readonly activation: Activation;
    }
  | {
      readonly kind: 'float';
      /** How the package holds the weights. The arithmetic is that of float32 either way. */
      readonly weightType: 'float32' | 'float16';
      /** Numbers that `weightType` holds exactly. */
      readonly weights: Float32Array;
      readonly bias: Float32Array;
      readonly activation: Activation;
    };

/** Weights are outputChannels x (input channels / group) x kernel.height x kernel.width. */
export interface QuantizedConvolution extends UnaryBase {
  readonly kind: 'convolution';
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
  /** What lies in the padding: an int8 level where the input is int8, else 0. */
  readonly padLevel: number;
  readonly dilation: Size2d;
  readonly group: number;
  readonly outputChannels: number;
  readonly form: ConvolutionForm;
}

export type PoolingForm =
  /** int8 maximum: bytes move; `relu` clamps them at 0. */
  | { readonly kind: 'int8-max'; readonly relu: boolean }
  /** int8 average: entry i of `requantisation` goes with windows of divisors[i] elements. */
  | { readonly kind: 'int8-average'; readonly divisors: Uint32Array; readonly requantisation: Requantisation }
  /** y = activation(sum * outputFactor[i]). */
  | {
      readonly kind: 'int8-average-to-float';
      readonly divisors: Uint32Array;
      readonly outputFactor: Float32Array;
      readonly activation: Activation;
    }
  | { readonly kind: 'float'; readonly method: 'max' | 'average'; readonly activation: Activation };

export interface QuantizedPooling extends UnaryBase {
  readonly kind: 'pooling';
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
  readonly form: PoolingForm;
}

export type EltwiseForm =
  /** t = bias + sum(q_i * multipliers[i]); y = clamp((t + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift, low, high). */
  | {
      readonly kind: 'int8';
      readonly multipliers: Int16Array;
      readonly bias: number;
      readonly shift: number;
      readonly low: number;
      readonly high: number;
    }
  | { readonly kind: 'float'; readonly coefficients: Float32Array; readonly activation: Activation };

export interface QuantizedEltwiseSum extends OperationBase {
  readonly kind: 'eltwise-sum';
  readonly inputs: readonly TensorIndex[];
  readonly form: EltwiseForm;
}

/** Inputs have the output's type and scale. */
export interface QuantizedConcat extends OperationBase {
  readonly kind: 'concat';
  readonly inputs: readonly TensorIndex[];
  readonly axis: number;
}

export type ActivationForm =
  /** ReLU, ReLU6: the same scale on both sides. */
  | { readonly kind: 'int8-clamp'; readonly low: number; readonly high: number }
  /** Leaky: one entry per channel, or one for all; acc is the input. */
  | { readonly kind: 'int8'; readonly requantisation: Requantisation }
  | { readonly kind: 'float'; readonly activation: Activation };

export interface QuantizedActivation extends UnaryBase {
  readonly kind: 'activation';
  readonly form: ActivationForm;
}

/** Float only. */
export interface QuantizedAffine extends UnaryBase {
  readonly kind: 'affine';
  readonly scale: Float32Array;
  readonly shift: Float32Array;
  readonly activation: Activation;
}

/** Float only. */
export interface QuantizedSoftmax extends UnaryBase {
  readonly kind: 'softmax';
  readonly axis: number;
}

/** int8: a maximum of one scale, clamped. float: product or maximum, then the activation. */
export type CombinationForm =
  | { readonly kind: 'int8'; readonly low: number; readonly high: number }
  | { readonly kind: 'float'; readonly activation: Activation };

export interface QuantizedEltwise extends OperationBase {
  readonly kind: 'eltwise';
  readonly inputs: readonly TensorIndex[];
  readonly function: 'product' | 'max';
  readonly form: CombinationForm;
}

interface ListBase extends OperationBase {
  readonly inputs: readonly TensorIndex[];
}

/** One input; int8 with one scale on both sides, or float. */
export type QuantizedMove = ListBase & Move;

/** Float only. */
export type QuantizedFloatFunction = ListBase & FloatFunction;

export interface QuantizedReshape extends UnaryBase {
  readonly kind: 'reshape';
}

/** float32 → int8 by the output's scale. */
export interface QuantizeOperation extends UnaryBase {
  readonly kind: 'quantize';
}

/** int8 → float32: y = q * factor, factor = 1 / scale rounded to float32. */
export interface DequantizeOperation extends UnaryBase {
  readonly kind: 'dequantize';
  readonly factor: number;
}

export type QuantizedOperation =
  | QuantizedConvolution
  | QuantizedPooling
  | QuantizedEltwiseSum
  | QuantizedConcat
  | QuantizedActivation
  | QuantizedAffine
  | QuantizedSoftmax
  | QuantizedReshape
  | QuantizedEltwise
  | QuantizedMove
  | QuantizedFloatFunction
  | QuantizeOperation
  | DequantizeOperation;

/** The tensors that an operation reads. */
export function operationInputs(operation: QuantizedOperation): readonly TensorIndex[] {
  return 'inputs' in operation ? operation.inputs : [operation.input];
}
