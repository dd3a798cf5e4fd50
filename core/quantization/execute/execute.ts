import { setImmediate } from 'node:timers/promises';
import { ProgressMeter, type LongCall } from '../../common/progress.ts';
import { elementCount } from '../../common/tensor.ts';
import { runFloatFunction } from '../../graph/compute/float-function.ts';
import { moveElements } from '../../graph/compute/move.ts';
import { softmax } from '../../graph/compute/softmax.ts';
import { isFloatFunction } from '../../graph/float-functions.ts';
import { isMove } from '../../graph/moves.ts';
import {
  operationInputs,
  type QuantizedNetwork,
  type QuantizedOperation,
  type TensorIndex,
} from '../quantized-network.ts';
import { activate } from './activation.ts';
import { applyAffine } from './affine.ts';
import { concatenate } from './concat.ts';
import { convolveFloat } from './convolution-float.ts';
import { convolveInt8 } from './convolution-int8.ts';
import { dequantiseBlob, quantiseBlob } from './convert.ts';
import { addElements } from './eltwise-sum.ts';
import { combineBlobs } from './combine.ts';
import { pool } from './pooling.ts';

/** A blob's values in Caffe's order. */
export type BlobData = Int8Array | Float32Array;

export interface ExecuteOptions extends LongCall {
  /** Told of every blob once, inputs included, as soon as it is written. */
  readonly onBlob?: (index: TensorIndex, data: BlobData) => void;
}

/**
 * Runs a quantised network in TypeScript, on any system: an implementation of the one arithmetic that shares no code with
 * the agent's, so that golden outputs check both. int8 blobs are exact; float sums are more precise than float32.
 *
 * @param inputs in the order of `network.inputs`, of each tensor's type
 * @returns the outputs in the order of `network.outputs`
 */
export async function execute(
  network: QuantizedNetwork,
  inputs: readonly BlobData[],
  options: ExecuteOptions = {},
): Promise<readonly BlobData[]> {
  const blobs = new Map<TensorIndex, BlobData>();
  const store = (index: TensorIndex, data: BlobData): void => {
    const { name, shape } = network.tensors[index];
    if (data.length !== elementCount(shape)) throw new RangeError(`blob ${name} does not hold ${data.length} values`);
    blobs.set(index, data);
    options.onBlob?.(index, data);
  };
  network.inputs.forEach((index, position) => {
    store(index, inputs[position]);
  });
  const lastUse = lastUses(network);
  const meter = new ProgressMeter('running the network', network.operations.length, 'operations', options.onProgress);

  for (const [position, operation] of network.operations.entries()) {
    options.signal?.throwIfAborted();
    store(operation.output, runOperation(network, operation, blobs));
    for (const index of operationInputs(operation)) if (lastUse.get(index) === position) blobs.delete(index);
    meter.report(position + 1, operation.layer);
    await setImmediate();
  }
  return network.outputs.map((index) => blobOf(blobs, index));
}

/** By tensor: the position of the operation that reads it last; outputs have none. */
export function lastUses(network: QuantizedNetwork): ReadonlyMap<TensorIndex, number> {
  const last = new Map<TensorIndex, number>();
  network.operations.forEach((operation, position) => {
    for (const index of operationInputs(operation)) last.set(index, position);
  });
  for (const index of network.outputs) last.delete(index);
  return last;
}

/** The result of one operation on blobs that are there. */
export function runOperation(
  network: QuantizedNetwork,
  operation: QuantizedOperation,
  blobs: ReadonlyMap<TensorIndex, BlobData>,
): BlobData {
  const indices = operationInputs(operation);
  const data = indices.map((index) => blobOf(blobs, index));
  const [input] = data;
  const inputShape = indices.length === 0 ? [] : network.tensors[indices[0]].shape;
  const { shape, scale } = network.tensors[operation.output];
  if (isMove(operation)) return moveElements(operation, input, inputShape, shape);
  if (isFloatFunction(operation)) {
    const operands = indices.map((index, at) => ({ shape: network.tensors[index].shape, data: asFloat32(data[at]) }));
    return runFloatFunction(operation, operands, shape);
  }
  switch (operation.kind) {
    case 'convolution':
      return operation.form.kind === 'float'
        ? convolveFloat(operation, operation.form, asFloat32(input), inputShape, shape)
        : convolveInt8(operation, operation.form, asInt8(input), inputShape, shape);
    case 'pooling':
      return pool(operation, input, inputShape, shape);
    case 'eltwise-sum':
      return addElements(operation.form, data, shape);
    case 'eltwise':
      return combineBlobs(operation, data, shape);
    case 'concat':
      return concatenate(
        data,
        indices.map((index) => network.tensors[index].shape),
        operation.axis,
      );
    case 'activation':
      return activate(operation.form, input, shape);
    case 'affine':
      return applyAffine(operation, asFloat32(input), shape);
    case 'softmax':
      return softmax(asFloat32(input), shape, operation.axis);
    case 'reshape':
      return input.slice();
    case 'quantize':
      return quantiseBlob(asFloat32(input), scale);
    case 'dequantize':
      return dequantiseBlob(asInt8(input), operation.factor);
  }
}

function blobOf(blobs: ReadonlyMap<TensorIndex, BlobData>, index: TensorIndex): BlobData {
  const data = blobs.get(index);
  if (data === undefined) throw new Error(`blob ${index} is read before it is written`);
  return data;
}

function asInt8(data: BlobData): Int8Array {
  if (data instanceof Int8Array) return data;
  throw new TypeError('an int8 operation got a float blob');
}

function asFloat32(data: BlobData): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError('a float operation got an int8 blob');
}
