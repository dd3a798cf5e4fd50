import type { Tensor } from '../../core/common/tensor.ts';
import { elementCount } from '../../core/common/tensor.ts';
import type { Network } from '../../core/network/network.ts';
import type { BlobData } from '../../core/quantization/execute/execute.ts';
import type { QuantizedNetwork, TensorIndex } from '../../core/quantization/quantized-network.ts';
import type { AccuracyView } from '../shared/schemas/results.ts';

/** From this relative error on a layer is worth keeping in float. */
const LARGE_ERROR = 0.25;

/** Blobs that exist in both networks under the same name and size, with the tensor that holds them. */
export function comparableBlobs(network: Network, quantized: QuantizedNetwork): ReadonlyMap<string, TensorIndex> {
  const found = new Map<string, TensorIndex>();
  for (const [index, { name, shape }] of quantized.tensors.entries()) {
    const id = network.blobs.get(name);
    const value = id === undefined ? undefined : network.values.get(id);
    const isInput = network.inputs.some((input) => input.name === name);
    if (value === undefined || isInput) continue;
    if (elementCount(value.shape.slice(1)) === elementCount(shape.slice(1))) found.set(name, index);
  }
  return found;
}

/** The error that has gathered up to each blob: the root mean square of int8 - fp32 relative to that of fp32. */
export class BlobErrors {
  private readonly nameOf: ReadonlyMap<TensorIndex, string>;
  private readonly sums = new Map<string, { error: number; signal: number }>();

  constructor(
    private readonly quantized: QuantizedNetwork,
    private readonly blobs: ReadonlyMap<string, TensorIndex>,
    /** What equalisation divided the channels of a blob by: they are compared as they were. */
    private readonly divisors: ReadonlyMap<string, readonly number[]> = new Map(),
  ) {
    this.nameOf = new Map([...blobs].map(([name, index]) => [index, name]));
  }

  add(index: TensorIndex, data: BlobData, fp32: ReadonlyMap<string, Tensor>): void {
    const name = this.nameOf.get(index);
    const wanted = name === undefined ? undefined : fp32.get(name)?.data;
    if (name === undefined || wanted?.length !== data.length) return;
    const { scale, shape } = this.quantized.tensors[index];
    const factor = data instanceof Int8Array ? 1 / scale : 1;
    const divisors = this.divisors.get(name) ?? [1];
    const plane = divisors.length === 1 ? data.length : elementCount(shape.slice(2));
    const sums = this.sums.get(name) ?? { error: 0, signal: 0 };
    for (let i = 0; i < data.length; i++) {
      const value = data[i] * factor * divisors[Math.floor(i / plane) % divisors.length];
      sums.error += (value - wanted[i]) ** 2;
      sums.signal += wanted[i] ** 2;
    }
    this.sums.set(name, sums);
  }

  result(): AccuracyView['layers'] {
    return [...this.sums].map(([blob, { error, signal }]) => ({
      layer: this.layerOf(blob),
      blob,
      accumulated: signal === 0 ? 0 : Math.sqrt(error / signal),
      alone: null,
    }));
  }

  /** The layer that computes a blob, by which it can be kept in float; an activation is fused into it. */
  private layerOf(blob: string): string {
    const index = this.blobs.get(blob);
    return this.quantized.operations.find(({ output }) => output === index)?.layer ?? blob;
  }

  advice(): AccuracyView['advice'] {
    const layers = this.result()
      .filter(({ accumulated }) => accumulated > LARGE_ERROR)
      .map(({ layer }) => layer);
    return layers.length === 0 ? [] : [{ code: 'large-error', layers }];
  }
}
