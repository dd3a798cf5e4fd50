import { LARGEST_HALF, roundToHalves, SMALLEST_NORMAL_HALF } from '../common/half.ts';
import type { ConvolutionOperation } from '../graph/graph.ts';

/** What float16 does to a layer's weights. */
export interface HalfWeights {
  readonly layer: string;
  /** How the package holds them: float32 where float16 would lose too much of them. */
  readonly type: 'float16' | 'float32';
  /** How many there are. */
  readonly count: number;
  /** Weights beyond 65504, the largest of float16. */
  readonly overflowing: number;
  /** Weights other than 0 below 2^-14, which float16 holds with fewer than 11 bits. */
  readonly subnormal: number;
  /** Of these, weights that float16 holds as 0. */
  readonly zeroed: number;
  /** Root mean square of the rounding relative to that of the weights, in the output channel where it is largest. */
  readonly error: number;
}

/**
 * Rounding of normal numbers costs a channel 2^-11 at the most, 2^-12.3 usually. One that loses four times the most holds
 * (nearly) nothing but subnormal weights: its bits are gone, and with them what the layers after it make of them.
 */
const LARGEST_ERROR = 2 ** -9;

/**
 * A convolution's weights as float16, but in a Float32Array. They stay as they are where one overflows or an output channel
 * loses more than 1/512 of its weights' root mean square.
 */
export function halfWeights(operation: ConvolutionOperation): {
  readonly weights: Float32Array;
  readonly report: HalfWeights;
} {
  const { layer, weights, outputChannels } = operation;
  const rounded = roundToHalves(weights);
  let [overflowing, subnormal, zeroed] = [0, 0, 0];
  for (let index = 0; index < weights.length; index += 1) {
    const magnitude = Math.abs(weights[index]);
    if (!(Math.abs(rounded[index]) <= LARGEST_HALF)) overflowing += 1;
    if (magnitude > 0 && magnitude < SMALLEST_NORMAL_HALF) subnormal += 1;
    if (magnitude > 0 && rounded[index] === 0) zeroed += 1;
  }
  const error = overflowing > 0 ? Infinity : largestError(weights, rounded, outputChannels);
  const type = error > LARGEST_ERROR ? 'float32' : 'float16';
  return {
    weights: type === 'float16' ? rounded : weights,
    report: { layer, type, count: weights.length, overflowing, subnormal, zeroed, error },
  };
}

function largestError(weights: Float32Array, rounded: Float32Array, channels: number): number {
  const perChannel = weights.length / channels;
  let largest = 0;
  for (let from = 0; from < weights.length; from += perChannel) {
    let [error, signal] = [0, 0];
    for (let i = from; i < from + perChannel; i += 1) {
      error += (rounded[i] - weights[i]) ** 2;
      signal += weights[i] ** 2;
    }
    if (signal > 0) largest = Math.max(largest, Math.sqrt(error / signal));
  }
  return largest;
}

/** What a user should know: layers that stay float32 by name, and how much of the others is subnormal. */
export function halfNotes(layers: readonly HalfWeights[]): readonly string[] {
  const halves = layers.filter(({ type }) => type === 'float16');
  const kept = layers.filter(({ type }) => type === 'float32').map(keptNote);
  if (halves.length === 0) return kept;
  const sum = (of: (layer: HalfWeights) => number): number => halves.reduce((total, layer) => total + of(layer), 0);
  const worst = halves.reduce((most, layer) => (layer.error > most.error ? layer : most));
  return [
    ...kept,
    `float16 holds ${sum(({ count }) => count)} weights; ${sum(({ subnormal }) => subnormal)} of them are below 2^-14, where it has fewer bits, ` +
      `and ${sum(({ zeroed }) => zeroed)} became 0. No channel is off by more than ${percent(worst.error)} % (layer ${worst.layer}).`,
  ];
}

function keptNote({ layer, count, overflowing, subnormal, error }: HalfWeights): string {
  const reason =
    overflowing > 0
      ? `${overflowing} of ${count} are beyond 65504, the largest number of float16`
      : `${subnormal} of ${count} are below 2^-14, where float16 has fewer bits, and a channel would be off by ${percent(error)} %`;
  return `The weights of ${layer} stay float32: ${reason}.`;
}

const percent = (share: number): string => (100 * share).toPrecision(2);
