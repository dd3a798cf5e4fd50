import type { Tensor } from '../common/tensor.ts';

/** A network ready to run in float32. */
export interface ForwardSession {
  /** Names of the input blobs with the shapes that `run` wants. */
  readonly inputs: ReadonlyMap<string, readonly number[]>;
  /** Names of the blobs that `run` returns. */
  readonly outputs: readonly string[];
  /** What executes it, in words for the report: `ONNX Runtime 1.30, CPU`. */
  readonly device: string;
  /** For how many runs a result keeps its values, its own included; absent where tensors belong to the caller. */
  readonly holds?: number;
  /** One run at a time. */
  run(inputs: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor>>;
  close(): Promise<void>;
}
