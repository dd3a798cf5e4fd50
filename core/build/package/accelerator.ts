import type { TensorIndex } from '../../quantization/quantized-network.ts';

/** The same network for the accelerator of a Zynq: native/engine/schema/package.fbs as plain data. */
export interface PackageAccelerator {
  /** `xc7z020` */
  readonly part: string;
  /** That clock and bandwidth were taken from: `pynq-z1`. */
  readonly board: string;
  /** Of the register CONFIG. */
  readonly config: number;
  /** Of the register FINGERPRINT. */
  readonly fingerprint: number;
  readonly clockHz: number;
  /** Assumed for the estimates. */
  readonly memoryBytesPerSecond: number;
  /** Weights and parameters, at the base of constants. */
  readonly constants: Uint8Array;
  readonly blobBytes: number;
  readonly stampBytes: number;
  readonly blobs: readonly PackageBlob[];
  readonly runs: readonly PackageRun[];
}

/** A blob in the memory that both sides see. */
export interface PackageBlob {
  readonly tensor: TensorIndex;
  readonly format: 'planes' | 'narrow' | 'raw';
  /** Bytes from the base of blobs. */
  readonly offset: number;
  /** Channels of the parts that it is a concatenation of. */
  readonly layout: readonly number[];
}

/** One program in place of the operations from `firstOperation` on. */
export interface PackageRun {
  readonly firstOperation: number;
  readonly operations: number;
  /** Instructions of 16 bytes. */
  readonly program: Uint8Array;
  /** What the processor puts into shared memory before. */
  readonly inputs: readonly TensorIndex[];
  /** What it takes from there afterwards. */
  readonly outputs: readonly TensorIndex[];
  readonly stamps: readonly PackageStamp[];
  readonly estimatedCycles: number;
  readonly estimatedBytes: number;
}

export interface PackageStamp {
  readonly operation: number;
  /** In units of 8 bytes from the base of stamps. */
  readonly index: number;
  /** Cycles from the start of the program until the layer's last result is there. */
  readonly estimatedEnd: number;
  /** Over all memory ports. */
  readonly estimatedBytes: number;
}
