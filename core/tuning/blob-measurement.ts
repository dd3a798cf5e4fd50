import { setImmediate } from 'node:timers/promises';
import type { LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph, ValueId } from '../graph/graph.ts';
import { createForwardSession } from '../inference/onnx-session.ts';
import type { Network } from '../network/network.ts';
import { onlyInput } from '../network/only-input.ts';
import { INT8_LIMIT } from '../quantization/arithmetic.ts';
import { leastOf, type BlobOption } from './blob-option.ts';
import { readValues, triedMethodNames, type Thresholds, type TriedMethod } from './candidates.ts';
import { FollowingLayers, type Rounding } from './following-layers.ts';
import { levelsOf } from './offsets.ts';

export interface OptionsRequest extends LongCall {
  readonly network: Network;
  readonly graph: Graph;
  /** What is compared: values of the network. */
  readonly outputs: readonly ValueId[];
  readonly inputs: readonly Tensor[];
  readonly byMethod: ReadonlyMap<TriedMethod, Thresholds>;
  /** By value: the threshold of each channel, were it to have a scale of its own. */
  readonly channels: ReadonlyMap<ValueId, Float64Array>;
}

/** Thresholds that are tried, as shares of the largest. */
const reaches = [1, 0.8, 0.63, 0.5, 0.38, 0.27];
/** What becomes -127 where values go below 0, as shares of the smallest. */
const depths = [0.6, 0.35, 0.2];
/** A threshold this much worse than the best one ends the search for smaller ones. */
const hopeless = 1.2;

interface ExactValues {
  /** The value, and others that the layers after it read. */
  readonly values: ReadonlyMap<ValueId, Float32Array>;
  readonly outputs: ReadonlyMap<ValueId, Float32Array>;
}

/** Measures ways for one value. */
export class BlobMeasurement {
  private readonly readers: readonly ConvolutionOperation[];
  private readonly channels: number;
  private exact: readonly ExactValues[] = [];

  constructor(
    private readonly request: OptionsRequest,
    private readonly id: ValueId,
    /** Is called between forward passes. */
    private readonly onSign: () => void,
  ) {
    this.readers = [...readValues(request.graph)].filter(([, read]) => read === id).map(([reader]) => reader);
    this.channels = request.graph.values.get(id)?.shape[1] ?? 1;
  }

  /** Forwards the inputs in fp32. */
  async begin(): Promise<void> {
    const { request, id } = this;
    const { network, outputs, inputs, signal } = request;
    const { name, value } = onlyInput(network);
    const following = await FollowingLayers.open(network, id, outputs, new Map());
    const needed = [...new Set([id, ...following.others])];
    await following.close();
    const wanted = [...new Set([...outputs, ...needed])].filter((one) => one !== value);
    const session = await createForwardSession(network, { outputs: wanted, threads: 1 });
    try {
      const exact: ExactValues[] = [];
      for (const input of inputs) {
        this.onSign();
        await setImmediate();
        signal?.throwIfAborted();
        const results = await session.run(new Map([[name, input]]));
        const of = (one: ValueId): Float32Array =>
          (one === value ? input.data : results.get(one)?.data) ?? new Float32Array();
        const pick = (list: readonly ValueId[]): ReadonlyMap<ValueId, Float32Array> =>
          new Map(list.map((one) => [one, of(one)]));
        exact.push({ values: pick(needed), outputs: pick(outputs) });
      }
      this.exact = exact;
    } finally {
      await session.close();
    }
  }

  /** The thresholds of the methods. */
  async methods(): Promise<readonly BlobOption[]> {
    const thresholds = triedMethodNames.map((by) => ({
      by,
      threshold: this.request.byMethod.get(by)?.get(this.id) ?? 0,
    }));
    return this.measured(undefined, async (errorOf) => {
      const options: BlobOption[] = [];
      for (const { by, threshold } of thresholds.filter((one) => one.threshold > 0)) {
        const range = { threshold, lowest: undefined };
        options.push({ by, ...range, share: undefined, error: await errorOf(range) });
      }
      return options;
    });
  }

  /** Thresholds from `largest` down, as long as they promise something: symmetric, and with an offset where there may be one. */
  async search(largest: number, mayOffset: boolean): Promise<readonly BlobOption[]> {
    return this.descended(largest, undefined, undefined, mayOffset);
  }

  /** The same with channels equalised. */
  async equalised(share: number, divisors: Float64Array, mayOffset: boolean): Promise<readonly BlobOption[]> {
    const own = this.request.channels.get(this.id);
    const largest = divisors.reduce((most, divisor, channel) => Math.max(most, (own?.[channel] ?? 0) / divisor), 0);
    return largest === 0 ? [] : this.descended(largest, share, divisors, mayOffset);
  }

  private async descended(
    largest: number,
    share: number | undefined,
    divisors: Float64Array | undefined,
    mayOffset: boolean,
  ): Promise<readonly BlobOption[]> {
    return this.measured(divisors, async (errorOf) => {
      const measure = async (range: Range): Promise<BlobOption> => ({
        by: 'search',
        ...range,
        share,
        error: await errorOf(range),
      });
      const downTo = (lowest: number | undefined): readonly Range[] =>
        reaches.map((reach) => ({ threshold: largest * reach, lowest }));
      const symmetric = await inTurn(downTo(undefined), measure);
      if (!mayOffset) return symmetric;
      const smallest = this.smallest(divisors);
      const offset = await inTurn(downTo(smallest), measure);
      const best = leastOf(offset);
      if (smallest === 0 || best === undefined) return [...symmetric, ...offset];
      const raised = depths.map((depth) => ({ threshold: best.threshold, lowest: smallest * depth }));
      return [...symmetric, ...offset, ...(await inTurn(raised, measure, best.error))];
    });
  }

  /** The smallest value, 0 or less, of what equalisation divided. */
  private smallest(divisors: Float64Array | undefined): number {
    let smallest = 0;
    for (const { values } of this.exact) {
      const own = values.get(this.id) ?? new Float32Array();
      const pixels = own.length / this.channels;
      own.forEach((value, index) => {
        if (value < 0) smallest = Math.min(smallest, value / (divisors?.[Math.floor(index / pixels)] ?? 1));
      });
    }
    return smallest;
  }

  private roundingFor(range: Range, divisors: Float64Array | undefined): Rounding {
    const { scale, zeroPoint } = levelsOf(range);
    const scales = Float32Array.from({ length: this.channels }, (_, channel) => scale / (divisors?.[channel] ?? 1));
    return { scales, zeroPoint };
  }

  /** Calls `use` with what measures a threshold. */
  private async measured<T>(
    divisors: Float64Array | undefined,
    use: (errorOf: (range: Range) => Promise<number>) => Promise<T>,
  ): Promise<T> {
    const { network, outputs, signal } = this.request;
    const weights = new Map(
      this.readers.map((reader) => [reader.layer, roundedWeights(network, reader, divisors)] as const),
    );
    const known = new Map(
      [...weights].flatMap(([layer, values]) => (values === undefined ? [] : [[layer, values] as const])),
    );
    const following = await FollowingLayers.open(network, this.id, outputs, known);
    try {
      return await use(async (range) => {
        const rounding = this.roundingFor(range, divisors);
        let error = 0;
        for (const exact of this.exact) {
          this.onSign();
          await setImmediate();
          signal?.throwIfAborted();
          const found = await following.run(exact.values, rounding);
          error += relativeError(exact.outputs, found) / this.exact.length;
        }
        return error;
      });
    } finally {
      await following.close();
    }
  }
}

type Range = Pick<BlobOption, 'threshold' | 'lowest'>;

/** Measures ranges in turn, as long as they promise something beside the best so far. */
async function inTurn(
  ranges: readonly Range[],
  measure: (range: Range) => Promise<BlobOption>,
  best = Infinity,
): Promise<readonly BlobOption[]> {
  const options: BlobOption[] = [];
  let least = best;
  for (const range of ranges) {
    const option = await measure(range);
    options.push(option);
    if (option.error > hopeless * least) break;
    least = Math.min(least, option.error);
  }
  return options;
}

/** A reader's weights as int8 has them, where the network's layer holds them in that order. */
function roundedWeights(
  network: Network,
  reader: ConvolutionOperation,
  divisors: Float64Array | undefined,
): Float32Array | undefined {
  const layer = network.layers.find(({ name }) => name === reader.layer);
  const weights = layer?.weights?.[0]?.data;
  if (weights === undefined || layer?.type === 'Deconvolution' || weights.length !== reader.weights.length)
    return undefined;
  const { outputChannels, group, kernel } = reader;
  const area = kernel.height * kernel.width;
  const perOutput = weights.length / outputChannels;
  const perGroup = perOutput / area;
  const rounded = new Float32Array(weights.length);
  for (let output = 0; output < outputChannels; output++) {
    const from = output * perOutput;
    const first = Math.floor((output * group) / outputChannels) * perGroup;
    const factorOf = (index: number): number => divisors?.[first + Math.floor((index - from) / area)] ?? 1;
    let largest = 0;
    for (let index = from; index < from + perOutput; index++) {
      largest = Math.max(largest, Math.abs(weights[index] * factorOf(index)));
    }
    if (largest === 0) continue;
    const scale = INT8_LIMIT / largest;
    for (let index = from; index < from + perOutput; index++) {
      const factor = factorOf(index) * scale;
      rounded[index] = Math.round(weights[index] * factor) / factor;
    }
  }
  return rounded;
}

/** The mean over outputs of Σ(x - y)² / Σx². */
function relativeError(exact: ReadonlyMap<ValueId, Float32Array>, found: ReadonlyMap<ValueId, Float32Array>): number {
  let sum = 0;
  for (const [id, values] of exact) {
    const other = found.get(id);
    if (other === undefined) continue;
    let signal = 0;
    let noise = 0;
    for (let i = 0; i < values.length; i++) {
      signal += values[i] * values[i];
      noise += (values[i] - other[i]) ** 2;
    }
    if (noise > 0) sum += Math.min(1, noise / signal);
  }
  return sum / exact.size;
}
