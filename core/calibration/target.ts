import type { Shape } from '../common/tensor.ts';
import type { Size2d } from '../graph/graph.ts';

/** What calibration needs to know of a network. */
export interface CalibrationTarget {
  /** Input blobs with their shapes for one sample (N = 1). */
  readonly inputs: ReadonlyMap<string, Shape>;
  /** In the network's order, input layers left out. */
  readonly layers: readonly CalibrationLayer[];
}

export interface CalibrationLayer {
  readonly name: string;
  /** Caffe's type: `Convolution`, `ReLU`. */
  readonly type: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  /** Of convolutions and inner products; absent where the layer has none that int8 could use. */
  readonly weights?: LayerWeights;
}

export interface LayerWeights {
  readonly kind: 'convolution' | 'inner-product';
  readonly outputChannels: number;
  readonly group: number;
  readonly kernel: Size2d;
  readonly stride: Size2d;
  /** As the model file has them, outputs first. */
  readonly data: Float32Array;
  /** With the BatchNorm and Scale that follow folded in, as ncnn's optimiser and our own passes leave them. */
  readonly folded: Float32Array;
}
