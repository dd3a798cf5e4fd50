import type { Requantisation, TensorIndex } from '../../quantization/quantized-network.ts';
import type { WindowGeometry } from './geometry.ts';
import type { ConvolutionWeights } from './weights.ts';

interface LayerBase {
  /** Position in the network's operations. */
  readonly operation: number;
  /** Name of the Caffe layer. */
  readonly name: string;
  readonly inputs: readonly TensorIndex[];
  readonly output: TensorIndex;
  readonly geometry: WindowGeometry;
}

/** What the array runs. */
export interface ConvolutionLayer extends LayerBase {
  readonly kind: 'convolution';
  readonly weights: ConvolutionWeights;
  readonly bias: Int32Array;
  /** What lies in the padding. */
  readonly padLevel: number;
  /** Absent: int32 sums, which the processor turns into float. */
  readonly requantisation: Requantisation | undefined;
}

export type VectorMethod =
  | {
      readonly kind: 'depthwise';
      readonly weights: Int8Array;
      readonly bias: Int32Array;
      /** What lies in the padding. */
      readonly padLevel: number;
      readonly requantisation: Requantisation;
    }
  | {
      readonly kind: 'average';
      /** Entry i goes with windows of divisors[i] elements. */
      readonly requantisation: Requantisation;
      readonly divisors: Uint32Array;
      /** Rows of the window of each output row, and columns of that of each output column: their product is the divisor. */
      readonly rowExtents: readonly number[];
      readonly columnExtents: readonly number[];
    }
  /** Also copies and clamps, over a window of one pixel. */
  | { readonly kind: 'maximum'; readonly low: number; readonly high: number }
  | {
      readonly kind: 'sum';
      readonly multipliers: Int16Array;
      /** Added to the products. */
      readonly bias: number;
      readonly shift: number;
      readonly low: number;
      readonly high: number;
    };

/** What the vector unit runs. */
export interface VectorLayer extends LayerBase {
  readonly kind: 'vector';
  readonly method: VectorMethod;
}

/** Parts one behind the other; copied only where they were not written in place. */
export interface ConcatLayer {
  readonly kind: 'concat';
  readonly operation: number;
  readonly name: string;
  readonly inputs: readonly TensorIndex[];
  readonly output: TensorIndex;
}

/** The same bytes under another shape. */
export interface AliasLayer {
  readonly kind: 'alias';
  readonly operation: number;
  readonly name: string;
  readonly inputs: readonly TensorIndex[];
  readonly output: TensorIndex;
}

export type AcceleratorLayer = ConvolutionLayer | VectorLayer | ConcatLayer | AliasLayer;
