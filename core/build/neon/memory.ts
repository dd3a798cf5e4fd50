import { elementCount } from '../../common/tensor.ts';
import {
  operationInputs,
  type QuantizedNetwork,
  type QuantizedTensor,
  type TensorIndex,
} from '../../quantization/quantized-network.ts';

/** Blobs start at multiples of this many bytes in the engine's arena. */
const BLOB_ALIGNMENT = 64;

/**
 * The least bytes that a network's blobs need: the largest sum, over the operations, of blobs that are alive while one runs.
 * The engine's own plan needs this much or more.
 */
export function peakBlobBytes(network: QuantizedNetwork): number {
  const lastUse = new Map<TensorIndex, number>();
  network.operations.forEach((operation, position) => {
    for (const index of operationInputs(operation)) lastUse.set(index, position);
  });
  for (const index of network.outputs) lastUse.set(index, network.operations.length);

  const alive = new Set<TensorIndex>(network.inputs);
  let bytes = network.inputs.reduce((sum, index) => sum + blobBytes(network.tensors[index]), 0);
  let peak = bytes;
  network.operations.forEach((operation, position) => {
    alive.add(operation.output);
    bytes += blobBytes(network.tensors[operation.output]);
    peak = Math.max(peak, bytes);
    for (const index of [operation.output, ...operationInputs(operation)]) {
      if ((lastUse.get(index) ?? -1) <= position && alive.delete(index)) bytes -= blobBytes(network.tensors[index]);
    }
  });
  return peak;
}

function blobBytes(tensor: QuantizedTensor): number {
  const bytes = elementCount(tensor.shape) * (tensor.type === 'int8' ? 1 : 4);
  return Math.ceil(bytes / BLOB_ALIGNMENT) * BLOB_ALIGNMENT;
}
