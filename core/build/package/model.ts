import type { ChannelOrder, PixelSize } from '../../images/preprocessing.ts';
import type { QuantizedNetwork, TensorIndex } from '../../quantization/quantized-network.ts';
import type { PackageAccelerator } from './accelerator.ts';

/** Everything that a package file holds: native/engine/schema/package.fbs as plain data. */
export interface PackageModel {
  readonly fingerprint: Fingerprint;
  readonly network: QuantizedNetwork;
  /** CRC-32 of int8 blobs in Caffe's order on the first golden input. */
  readonly checks: ReadonlyMap<TensorIndex, number>;
  readonly preprocessing: PackagePreprocessing;
  readonly labels: readonly string[];
  readonly golden: readonly Golden[];
  /** Multiply-accumulates per inference. */
  readonly macs: number;
  /** For the target `fpga`. */
  readonly accelerator?: PackageAccelerator;
}

export interface Fingerprint {
  /** `cortado 0.1.0` */
  readonly builder: string;
  readonly target: 'neon' | 'fpga';
  readonly precision: 'int8' | 'fp16' | 'fp32';
  /** CPU features that it cannot run without, as Linux names them. */
  readonly cpuFeatures: readonly string[];
  /** Bytes that the blobs need at the least, on top of the package. */
  readonly memory: number;
  /** Part and RTL that the accelerator's programs are for: `xc7z020-4d0ae191`. */
  readonly bitstream?: string;
  readonly modelSha256: string;
  readonly tableSha256?: string;
}

/** How pixels become the network's input; all empty where that is not known. */
export interface PackagePreprocessing {
  readonly resize: PixelSize;
  readonly crop: PixelSize;
  readonly channels: ChannelOrder | 'unknown';
  readonly norm: number;
  /** One per channel; empty with a mean image. */
  readonly mean: Float32Array;
  /** Channels x height x width, or empty. */
  readonly meanImage: Float32Array;
  /** Pixel to int8, 256 entries per channel; empty where the input is float or has a mean image. */
  readonly table: Int8Array;
}

/** Uint8Array: pixels before preprocessing. Values are in Caffe's order. */
export type GoldenData = Uint8Array | Int8Array | Float32Array;

export interface GoldenTensor {
  readonly tensor: TensorIndex;
  readonly data: GoldenData;
  /** Largest |difference| of a float output; 0 for bit equality. */
  readonly tolerance: number;
}

export interface Golden {
  readonly inputs: readonly GoldenTensor[];
  readonly outputs: readonly GoldenTensor[];
}
