import type { Tensor } from '../../../core/common/tensor.ts';

/** A blob of the network in training: a batch of values (N x C x H x W) and the loss's gradient for each. */
export class TrainingBlob {
  readonly value: Float32Array;
  readonly gradient: Float32Array;

  /** @param name Caffe's; the blobs before and after an in-place layer share it. */
  constructor(
    readonly name: string,
    readonly batch: number,
    readonly channels: number,
    readonly height: number,
    readonly width: number,
  ) {
    this.value = new Float32Array(batch * channels * height * width);
    this.gradient = new Float32Array(this.value.length);
  }

  /** Pixels of a channel. */
  get area(): number {
    return this.height * this.width;
  }
}

/** Weights that training changes. */
export class Parameter {
  readonly gradient: Float32Array;

  /** @param decayed whether weight decay applies: to weights, not to biases and BatchNorm's factors. */
  constructor(
    readonly value: Float32Array,
    readonly decayed: boolean,
  ) {
    this.gradient = new Float32Array(value.length);
  }
}

/** A layer as it stands in the .caffemodel. */
export interface CaffeLayerDescription {
  readonly name: string;
  readonly type: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  readonly blobs: readonly Tensor[];
}

export interface TrainingLayer {
  readonly top: TrainingBlob;
  readonly parameters: readonly Parameter[];
  /** Fills the top's values. Statistics of the batch are used, and remembered, in training only. */
  forward(training: boolean): void;
  /** Adds to the gradients of the bottoms and of the parameters, from the top's gradient. */
  backward(): void;
  /** Usually one; a normalisation is Caffe's BatchNorm and Scale. */
  describe(): readonly CaffeLayerDescription[];
}
