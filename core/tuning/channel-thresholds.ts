import { setImmediate } from 'node:timers/promises';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { Graph, ValueId } from '../graph/graph.ts';
import type { ForwardSession } from '../inference/session.ts';
import { INT8_LIMIT } from '../quantization/arithmetic.ts';
import { readValues } from './candidates.ts';
import { geometryOf } from './geometry.ts';

/** Values of a channel that are kept from one input. */
const perInput = 32;
/** Thresholds that are tried, as shares of the largest magnitude. */
const candidates = Array.from({ length: 30 }, (_, index) => 1 - index * 0.025);

/** Values of every channel of a blob, evenly taken over its pixels, and what they say about thresholds. */
export class ChannelSamples {
  private readonly largest: Float64Array;
  private readonly samples: number[][];

  constructor(channels: number) {
    this.largest = new Float64Array(channels);
    this.samples = Array.from({ length: channels }, () => []);
  }

  /** @param values one sample of the blob, channels first */
  add(values: Float32Array): void {
    const size = values.length / this.largest.length;
    const step = Math.max(1, size / perInput);
    this.samples.forEach((kept, channel) => {
      const from = channel * size;
      for (let i = from; i < from + size; i++) {
        const magnitude = Math.abs(values[i]);
        if (magnitude > this.largest[channel]) this.largest[channel] = magnitude;
      }
      for (let at = step / 2; at < size; at += step) kept.push(values[from + Math.floor(at)]);
    });
  }

  /**
   * By channel: the threshold with the smallest mean squared error, as if the channel had a scale of its own (the method
   * `mse`, on samples); 0 for a channel that was always 0.
   */
  thresholds(): Float64Array {
    return this.largest.map((largest, channel) => bestThreshold(this.samples[channel], largest));
  }
}

function bestThreshold(samples: readonly number[], largest: number): number {
  let best = largest;
  let smallest = Infinity;
  for (const share of candidates) {
    const error = squaredError(samples, share * largest, smallest);
    if (error >= smallest) continue;
    smallest = error;
    best = share * largest;
  }
  return best;
}

function squaredError(samples: readonly number[], threshold: number, limit: number): number {
  const step = threshold / INT8_LIMIT;
  let error = 0;
  for (const value of samples) {
    const magnitude = Math.abs(value);
    const difference = magnitude - Math.min(INT8_LIMIT, Math.round(magnitude / step)) * step;
    error += difference * difference;
    if (error >= limit) break;
  }
  return error;
}

/**
 * By value that convolutions read: the threshold of each channel, were it to have a scale of its own.
 * @param session returns those values of inputs of one sample each
 */
export async function channelThresholds(
  graph: Graph,
  session: ForwardSession,
  inputName: string,
  inputs: readonly Tensor[],
  { signal, onProgress }: LongCall = {},
): Promise<ReadonlyMap<ValueId, Float64Array>> {
  const samples = new Map(
    [...readValues(graph)].map(
      ([operation, id]) => [id, new ChannelSamples(geometryOf(graph, operation).inputChannels)] as const,
    ),
  );
  const meter = new ProgressMeter('measuring channels', inputs.length, 'inputs', onProgress);
  for (const [index, input] of inputs.entries()) {
    signal?.throwIfAborted();
    const results = await session.run(new Map([[inputName, input]]));
    const valueOf = (id: ValueId): Float32Array | undefined => (id === inputName ? input.data : results.get(id)?.data);
    for (const [id, sample] of samples) sample.add(valueOf(id) ?? new Float32Array());
    meter.report(index + 1);
    await setImmediate();
  }
  const thresholds = new Map<ValueId, Float64Array>();
  for (const [id, sample] of samples) {
    signal?.throwIfAborted();
    thresholds.set(id, sample.thresholds());
    meter.report(inputs.length, id);
    await setImmediate();
  }
  return thresholds;
}
