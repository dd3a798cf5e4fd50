import type { Activation, ConvolutionOperation } from '../graph/graph.ts';

/** What the mean of one channel of a layer's result is made of, for one input. */
export interface ResultMeans {
  /** By channel: the mean over the pixels of what int8 can hold of the value. */
  readonly means: Float64Array;
  /** By channel: by how much the mean grows with the bias, from 0 (a channel that is cut off everywhere) to 1. */
  readonly slopes: Float64Array;
}

/**
 * @param values one sample, channels first, after the activation
 * @param layer its activation, and what was taken from its result after that
 * @param limits what the result saturates at
 */
export function resultMeans(
  values: Float32Array,
  channels: number,
  { activation, resultOffset = 0 }: Pick<ConvolutionOperation, 'activation' | 'resultOffset'>,
  limits: { readonly low: number; readonly high: number },
): ResultMeans {
  const { low, high } = limitsAfter(activation, resultOffset, limits);
  const pixels = values.length / channels;
  const means = new Float64Array(channels);
  const slopes = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const below = slopeBelow(activation, channel);
    let sum = 0;
    let slope = 0;
    for (let i = channel * pixels; i < (channel + 1) * pixels; i++) {
      const value = values[i];
      if (value <= low) sum += low;
      else if (value >= high) sum += high;
      else {
        sum += value;
        slope += value < -resultOffset ? below : 1;
      }
    }
    means[channel] = sum / pixels;
    slopes[channel] = slope / pixels;
  }
  return { means, slopes };
}

/** By channel: the mean over the pixels, times `factor`. */
export function channelMeans(values: Float32Array | Int8Array, channels: number, factor: number): Float64Array {
  const pixels = values.length / channels;
  return Float64Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let i = channel * pixels; i < (channel + 1) * pixels; i++) sum += values[i];
    return (sum * factor) / pixels;
  });
}

function limitsAfter(
  activation: Activation,
  offset: number,
  { low, high }: { readonly low: number; readonly high: number },
) {
  if (activation.kind === 'relu') return { low: -offset, high };
  return activation.kind === 'relu6' ? { low: -offset, high: Math.min(6 - offset, high) } : { low, high };
}

function slopeBelow(activation: Activation, channel: number): number {
  if (activation.kind !== 'leaky') return 1;
  const { slopes } = activation;
  return slopes[slopes.length === 1 ? 0 : channel];
}

/** A channel that is cut off nearly everywhere is not moved far for the few pixels that show. */
const leastSlope = 0.1;

/**
 * By channel: what the bias takes, so that the mean of the layer's result is fp32's: as far as the difference is more than
 * chance between the inputs. Nagel et al., "Data-free quantization through weight equalization and bias correction"
 * (arXiv:1906.04721, section 4.2) correct the mean before the activation; what int8 saturates takes from values above 0 and
 * adds to those below, which the activation cuts off, so that the correction would go the wrong way for those that stay. So
 * the mean is that after the activation, and the difference is divided by how much of a bias gets through it.
 *
 * @param exact by input; @param found by input: the means of int8's result
 */
export function biasCorrection(exact: readonly ResultMeans[], found: readonly Float64Array[]): Float64Array {
  const channels = exact[0]?.means.length ?? 0;
  return Float64Array.from({ length: channels }, (_, channel) => {
    const difference = shrunkMean(exact.map(({ means }, input) => means[channel] - found[input][channel]));
    const slope = exact.reduce((sum, { slopes }) => sum + slopes[channel], 0) / exact.length;
    return difference === 0 ? 0 : difference / Math.max(leastSlope, slope);
  });
}

/** The positive part of James and Stein's estimate. */
function shrunkMean(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const chance = squares / Math.max(1, values.length - 1) / values.length;
  return mean === 0 ? 0 : mean * Math.max(0, 1 - chance / (mean * mean));
}
