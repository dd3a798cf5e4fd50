import type { Shape } from '../common/tensor.ts';
import type { FloatFunction } from './float-functions.ts';
import type { Move } from './moves.ts';
import type { Size2d } from './size.ts';

export type { Size2d } from './size.ts';

/**
 * The graph of primitive operations that a board runs, in float. It is what the layer kinds are lowered to, what the
 * passes of this folder rewrite, and what the quantiser turns into int8. Each value is written once: a Caffe blob that
 * in-place layers overwrite becomes several values.
 */
export interface Graph {
  readonly name: string;
  readonly values: ReadonlyMap<ValueId, Value>;
  /** Values that the caller provides. */
  readonly inputs: readonly ValueId[];
  /** Values that the network returns, in Caffe's order. */
  readonly outputs: readonly ValueId[];
  /** In execution order: an operation comes after those that write its inputs. */
  readonly operations: readonly Operation[];
}

/** Unique within a graph: the blob's name where the value is the blob's last one, else the name and a suffix. */
export type ValueId = string;

export interface Value {
  readonly id: ValueId;
  /** Name of the Caffe blob that holds this value at some time of the forward pass. */
  readonly blob: string;
  /** As Caffe has it (NCHW for images, N x C after an inner product). */
  readonly shape: Shape;
}

/** What is applied to a result before it is stored. A slope per channel, or one for all (a list of one). */
export type Activation =
  | { readonly kind: 'none' }
  | { readonly kind: 'relu' }
  | { readonly kind: 'relu6' }
  | { readonly kind: 'leaky'; readonly slopes: Float32Array };

interface OperationBase {
  /** Name of the Caffe layer that computes it; scale tables and reports use it. */
  readonly layer: string;
  readonly inputs: readonly ValueId[];
  readonly output: ValueId;
}

/**
 * 2-D convolution (cross-correlation, as Caffe has it). An inner product is a convolution whose kernel covers the whole
 * input: its weights have the same order.
 */
export interface ConvolutionOperation extends OperationBase {
  readonly kind: 'convolution';
  /** The Caffe layer was an InnerProduct. */
  readonly fullyConnected: boolean;
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
  /** What lies in the padding; 0 where absent, as Caffe has it. Another number where the input is stored less an offset. */
  readonly padValue?: number | undefined;
  readonly dilation: Size2d;
  readonly group: number;
  readonly outputChannels: number;
  /** outputChannels x (inputChannels / group) x kernel.height x kernel.width. */
  readonly weights: Float32Array;
  /** One per output channel, zeros where the layer has none. */
  readonly bias: Float32Array;
  readonly activation: Activation;
  /** What is taken from the result after the activation, so that it is stored less an offset; 0 where absent. */
  readonly resultOffset?: number | undefined;
}

/** Pooling with Caffe's rounding already applied: the output's extent is in its shape; windows are clipped. */
export interface PoolingOperation extends OperationBase {
  readonly kind: 'pooling';
  readonly method: 'max' | 'average';
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
  readonly activation: Activation;
}

/** Sum of equal shapes with a coefficient each (1 where Caffe's layer has none). */
export interface EltwiseSumOperation extends OperationBase {
  readonly kind: 'eltwise-sum';
  readonly coefficients: readonly number[];
  /** Is added to every element before the activation, where blobs are stored less an offset; 0 where absent. */
  readonly constant?: number | undefined;
  readonly activation: Activation;
}

/** Product or maximum of equal shapes. */
export interface EltwiseOperation extends OperationBase {
  readonly kind: 'eltwise';
  readonly function: 'product' | 'max';
  readonly activation: Activation;
}

/** Concatenation along `axis` (a non-negative index into the shape). */
export interface ConcatOperation extends OperationBase {
  readonly kind: 'concat';
  readonly axis: number;
}

/** An activation that no pass could fuse into the operation before it. */
export interface ActivationOperation extends OperationBase {
  readonly kind: 'activation';
  readonly activation: Activation;
}

/** y = x * scale[c] + shift[c], c the channel (axis 1): BatchNorm and Scale. */
export interface AffineOperation extends OperationBase {
  readonly kind: 'affine';
  readonly scale: Float32Array;
  readonly shift: Float32Array;
  readonly activation: Activation;
}

/** Elements that change their places: one input. */
export type MoveOperation = OperationBase & Move;

/** What boards compute in float only; the inputs are said beside each kind. */
export type FloatFunctionOperation = OperationBase & FloatFunction;

/** Softmax along `axis`, always in float. */
export interface SoftmaxOperation extends OperationBase {
  readonly kind: 'softmax';
  readonly axis: number;
}

/** The same values in the same (Caffe's) order under another shape: Flatten, Reshape. */
export interface ReshapeOperation extends OperationBase {
  readonly kind: 'reshape';
}

export type Operation =
  | ConvolutionOperation
  | PoolingOperation
  | EltwiseSumOperation
  | ConcatOperation
  | ActivationOperation
  | AffineOperation
  | SoftmaxOperation
  | ReshapeOperation
  | EltwiseOperation
  | MoveOperation
  | FloatFunctionOperation;

export type OperationKind = Operation['kind'];
