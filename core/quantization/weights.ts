import type { ConvolutionOperation } from '../graph/graph.ts';
import { INT8_LIMIT, quantise, roundAwayFromZero } from './arithmetic.ts';

/** Accumulators stay below this: 127 * Σ|w| + |bias| < 2^31. */
const ACCUMULATOR_LIMIT = 2 ** 31;

export interface QuantizedWeights {
  /** As the operation's, in [-127, 127]. */
  readonly weights: Int8Array;
  /** round(bias * inputScale * scales[c]). */
  readonly bias: Int32Array;
  /** What was used in the end, one per output channel. */
  readonly scales: Float64Array;
  /** Share of the weights that fell outside [-127, 127] and were clamped. */
  readonly clampedShare: number;
  /** Output channels whose scale was lowered, so that the accumulator cannot overflow. */
  readonly loweredChannels: readonly number[];
}

/**
 * Symmetric int8 weights, one scale per output channel, and int32 biases.
 *
 * A scale of 0 marks a dead channel: its weights become 0, and its scale is chosen so that the bias keeps 24 bits. A channel
 * whose accumulator could leave int32 has its scale lowered until it cannot.
 *
 * @param scales of the weights, one per output channel
 * @param inputScale of the blob that the operation reads
 */
export function quantiseWeights(
  operation: ConvolutionOperation,
  scales: readonly number[],
  inputScale: number,
): QuantizedWeights {
  const { outputChannels } = operation;
  const perChannel = operation.weights.length / outputChannels;
  const weights = new Int8Array(operation.weights.length);
  const bias = new Int32Array(outputChannels);
  const used = new Float64Array(outputChannels);
  const loweredChannels: number[] = [];
  let clamped = 0;

  for (let channel = 0; channel < outputChannels; channel += 1) {
    const from = operation.weights.subarray(channel * perChannel, (channel + 1) * perChannel);
    const to = weights.subarray(channel * perChannel, (channel + 1) * perChannel);
    const biasValue = operation.bias[channel] ?? 0;
    const tableScale = scales[channel] ?? 0;
    if (tableScale === 0) {
      used[channel] = deadChannelScale(biasValue, inputScale);
      bias[channel] = roundAwayFromZero(biasValue * inputScale * (used[channel] ?? 0));
      continue;
    }
    for (const weight of from) if (Math.abs(weight) * tableScale >= INT8_LIMIT + 1) clamped += 1;

    let scale = tableScale;
    for (;;) {
      const magnitude = quantiseChannel(from, scale, to);
      const scaledBias = roundAwayFromZero(biasValue * inputScale * scale);
      const total = INT8_LIMIT * magnitude + Math.abs(scaledBias);
      if (total < ACCUMULATOR_LIMIT) {
        bias[channel] = scaledBias;
        break;
      }
      scale *= (0.999 * ACCUMULATOR_LIMIT) / total;
    }
    if (scale !== tableScale) loweredChannels.push(channel);
    used[channel] = scale;
  }
  return { weights, bias, scales: used, clampedShare: clamped / Math.max(1, weights.length), loweredChannels };
}

/** Writes int8 weights and returns the sum of their magnitudes. */
function quantiseChannel(from: Float32Array, scale: number, to: Int8Array): number {
  let magnitude = 0;
  for (let i = 0; i < from.length; i += 1) {
    const q = quantise(from[i] ?? 0, scale);
    to[i] = q;
    magnitude += Math.abs(q);
  }
  return magnitude;
}

function deadChannelScale(bias: number, inputScale: number): number {
  return bias === 0 ? 1 : 2 ** 24 / (Math.abs(bias) * inputScale);
}

/** An operation's weights as `quantiseWeights` leaves them: level / scale. */
export function storedWeights(
  operation: ConvolutionOperation,
  scales: readonly number[],
  inputScale: number,
): Float32Array {
  const stored = quantiseWeights(operation, scales, inputScale);
  const perChannel = stored.weights.length / operation.outputChannels;
  return Float32Array.from(stored.weights, (level, index) => level / stored.scales[Math.floor(index / perChannel)]);
}
