import type { Fields } from '../caffe/fields.ts';
import type { Shape, Tensor } from '../common/tensor.ts';
import type { Operation, Value } from '../graph/graph.ts';
import type { OnnxBuilder } from '../onnx/builder.ts';

/** How many bottoms or tops a layer may have. */
export interface Arity {
  readonly least: number;
  readonly most: number;
}

/** One kind of Caffe layer. Adding a kind is one file with this, and a line in index.ts. */
export interface LayerKind {
  /** Caffe's type; several where forks renamed one layer. The first is shown. */
  readonly types: readonly string[];
  readonly bottoms: Arity;
  readonly tops: Arity;
  /**
   * Reads the parameters from the layer's message.
   * @throws CortadoError naming file, line and field where they make no layer
   */
  parse(layer: Fields): LayerForm;
}

/** A blob of trained values that a layer wants. */
export interface WeightShape {
  readonly name: string;
  readonly shape: Shape;
  /** Old files and forks leave it out. */
  readonly optional?: boolean;
}

/** How a layer runs on a board. `not` means: not yet, or not at all. */
export type BoardForm = Int8Form | FloatForm | NoBoardForm;

export interface Int8Form {
  readonly runs: 'int8';
  /** A convolution: a scale and shift per channel after it can be folded into its weights. */
  readonly absorbsAffine: boolean;
}

export interface FloatForm {
  readonly runs: 'float';
  readonly reason: string;
  /** A scale and shift per channel, which disappears into a convolution before it. */
  readonly isAffine: boolean;
}

export interface NoBoardForm {
  readonly runs: 'not';
  readonly reason: string;
}

/** A layer whose parameters are known. Shapes are Caffe's, N first. */
export interface LayerForm {
  /** The parameters in a few words, for tables: `3x3, stride 2, pad 1`. */
  readonly summary: string;
  /** Shapes of the tops. Throws CortadoError where the bottoms do not fit. */
  outputShapes(bottoms: readonly Shape[]): readonly Shape[];
  weightShapes?(bottoms: readonly Shape[]): readonly WeightShape[];
  /** Multiplications with accumulation; 0 where absent. */
  macs?(bottoms: readonly Shape[], tops: readonly Shape[]): number;
  /** Computes the tops in place of ONNX nodes, for a layer whose work ONNX has no fixed-shape form for. */
  runOnHost?(bottoms: readonly Tensor[]): readonly Tensor[];
  /** Adds the nodes that compute the tops. Not called where there is `runOnHost`. */
  emitOnnx(context: OnnxContext): void;
  /** How the layer would run, weights left aside. */
  boardForm(bottoms: readonly Shape[]): BoardForm;
  /** The layer as operations of the graph; called only where `boardForm` does not say `not`. */
  lower(context: LoweringContext): readonly Operation[];
}

/** Trained values in the order of `weightShapes`; an optional one may be missing at the end. */
export type LayerWeights = readonly (Float32Array | undefined)[];

/** A value by the name it has in the ONNX model. */
export interface NamedShape {
  readonly name: string;
  readonly shape: Shape;
}

export interface OnnxContext {
  readonly builder: OnnxBuilder;
  readonly bottoms: readonly NamedShape[];
  readonly tops: readonly NamedShape[];
  readonly weights: LayerWeights;
}

export interface LoweringContext {
  readonly layer: string;
  readonly bottoms: readonly Value[];
  readonly tops: readonly Value[];
  readonly weights: LayerWeights;
  /** A value between two operations of the layer. */
  between(name: string, shape: Shape): Value;
}

export const one: Arity = { least: 1, most: 1 };
export const some: Arity = { least: 1, most: Infinity };
export const none: Arity = { least: 0, most: 0 };

export const int8: Int8Form = { runs: 'int8', absorbsAffine: false };
export const int8Convolution: Int8Form = { runs: 'int8', absorbsAffine: true };

export function inFloat(reason: string): FloatForm {
  return { runs: 'float', reason, isAffine: false };
}

/** A scale and shift per channel that no convolution takes up. */
export const affineInFloat: FloatForm = {
  runs: 'float',
  reason: 'No convolution stands before it that could take it up.',
  isAffine: true,
};

export function notOnBoard(reason: string): NoBoardForm {
  return { runs: 'not', reason };
}

/** For `lower` of a kind whose `boardForm` never lets it be called. */
export function cannotLower(context: LoweringContext): never {
  throw new Error(`layer ${context.layer} has no board form`);
}
