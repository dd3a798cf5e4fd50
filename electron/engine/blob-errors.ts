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
    private readonly network: Network,
    private readonly quantized: QuantizedNetwork,
    blobs: ReadonlyMap<string, TensorIndex>,
  ) {
    this.nameOf = new Map([...blobs].map(([name, index]) => [index, name]));
  }

  add(index: TensorIndex, data: BlobData, fp32: ReadonlyMap<string, Tensor>): void {
    const name = this.nameOf.get(index);
    const wanted = name === undefined ? undefined : fp32.get(name)?.data;
    if (name === undefined || wanted?.length !== data.length) return;
    const factor = data instanceof Int8Array ? 1 / this.quantized.tensors[index].scale : 1;
    const sums = this.sums.get(name) ?? { error: 0, signal: 0 };
    for (let i = 0; i < data.length; i++) {
      sums.error += (data[i] * factor - wanted[i]) ** 2;
      sums.signal += wanted[i] ** 2;
    }
    this.sums.set(name, sums);
  }

  result(): AccuracyView['layers'] {
    return [...this.sums].map(([blob, { error, signal }]) => ({
      layer: this.network.layers.findLast(({ tops }) => tops.includes(blob))?.name ?? blob,
      blob,
      accumulated: signal === 0 ? 0 : Math.sqrt(error / signal),
      alone: null,
    }));
  }

  advice(): AccuracyView['advice'] {
    const layers = this.result()
      .filter(({ accumulated }) => accumulated > LARGE_ERROR)
      .map(({ layer }) => layer);
    return layers.length === 0 ? [] : [{ code: 'large-error', layers }];
  }
}
