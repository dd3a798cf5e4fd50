import type { LongCall } from '../common/progress.ts';
import { ProgressMeter } from '../common/progress.ts';
import type { Shape, Tensor } from '../common/tensor.ts';
import type { ForwardSession } from '../inference/session.ts';

/** What is known of a value's channels over the inputs, in fp32. */
export interface ChannelStatistics {
  /** The mean over the inputs of each channel's largest magnitude: one picture does not decide. */
  readonly reach: Float64Array;
  readonly mean: Float64Array;
}

/** Calls `visit` with each channel (axis 1) of a value for one input. */
export function forEachChannel(
  shape: Shape,
  data: Float32Array,
  visit: (channel: number, values: Float32Array) => void,
) {
  const channels = shape[1] ?? 1;
  const size = data.length / channels;
  for (let c = 0; c < channels; c++) visit(c, data.subarray(c * size, (c + 1) * size));
}

/** Forwards inputs (of one sample each) and gathers the statistics of the values that the session returns, and of its input. */
export async function channelStatistics(
  session: ForwardSession,
  inputName: string,
  inputs: readonly Tensor[],
  { signal, onProgress }: LongCall = {},
): Promise<ReadonlyMap<string, ChannelStatistics>> {
  const sums = new Map<string, { readonly reach: Float64Array; readonly mean: Float64Array }>();
  const meter = new ProgressMeter('measuring channels', inputs.length, 'inputs', onProgress);
  const add = (id: string, { shape, data }: Tensor): void => {
    const sum = sums.get(id) ?? { reach: new Float64Array(shape[1] ?? 1), mean: new Float64Array(shape[1] ?? 1) };
    sums.set(id, sum);
    forEachChannel(shape, data, (channel, values) => {
      let largest = 0;
      let total = 0;
      for (const value of values) {
        total += value;
        if (Math.abs(value) > largest) largest = Math.abs(value);
      }
      sum.reach[channel] += largest / inputs.length;
      sum.mean[channel] += total / values.length / inputs.length;
    });
  };
  for (const [index, input] of inputs.entries()) {
    signal?.throwIfAborted();
    const results = await session.run(new Map([[inputName, input]]));
    for (const [id, value] of results) add(id, value);
    if (!results.has(inputName)) add(inputName, input);
    meter.report(index + 1);
  }
  return sums;
}
