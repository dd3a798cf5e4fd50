import type { Activation } from '../graph/graph.ts';
import { INT8_LIMIT, requantise, roundAwayFromZero } from './arithmetic.ts';
import { fixedPointMultiplier, type FixedPointMultiplier } from './multiplier.ts';
import type { Requantisation } from './quantized-network.ts';

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Inclusive bounds of an int8 result: [-127, 127], [zero, 127] with ReLU, [zero, zero + round(6 * scale)] with ReLU6.
 *
 * @param zero the level of 0.0
 */
export function activationBounds(activation: Activation, scale: number, zero = 0): Bounds {
  switch (activation.kind) {
    case 'none':
    case 'leaky':
      return { low: -INT8_LIMIT, high: INT8_LIMIT };
    case 'relu':
      return { low: zero, high: INT8_LIMIT };
    case 'relu6':
      return { low: zero, high: Math.min(INT8_LIMIT, zero + roundAwayFromZero(6 * scale)) };
  }
}

/**
 * The fixed-point form of y = activation(acc * factors[i]).
 *
 * @param factors M = s_out / (s_in * s_w), one per output channel, or per divisor of an average
 * @param activation with one slope for all or one per factor
 * @param outputScale s_out, for the bound of ReLU6
 * @param zero the result's level of 0.0
 */
export function requantisationOf(
  factors: ArrayLike<number>,
  activation: Activation,
  outputScale: number,
  zero = 0,
): Requantisation {
  const { low, high } = activationBounds(activation, outputScale, zero);
  const positive = Array.from(factors, fixedPointMultiplier);
  const result = { ...lists(positive, Uint16Array), zero, low, high };
  if (activation.kind !== 'leaky') return result;
  const { slopes } = activation;
  const negative = Array.from(factors, (factor, index) =>
    fixedPointMultiplier(factor * (slopes[slopes.length === 1 ? 0 : index] ?? 0)),
  );
  return { ...result, negative: lists(negative, Int16Array) };
}

/** The int8 result of an accumulator, by entry `index` of the lists. */
export function requantiseEntry(acc: number, requantisation: Requantisation, index: number): number {
  const { multiplier, rightShift, leftShift } =
    acc < 0 && requantisation.negative !== undefined ? requantisation.negative : requantisation;
  return requantise(
    acc,
    multiplier[index],
    rightShift[index],
    leftShift[index],
    requantisation.low,
    requantisation.high,
    requantisation.zero,
  );
}

function lists<T extends Uint16Array | Int16Array>(
  forms: readonly FixedPointMultiplier[],
  MultiplierArray: new (values: number[]) => T,
): { readonly multiplier: T; readonly rightShift: Uint8Array; readonly leftShift: Uint8Array } {
  return {
    multiplier: new MultiplierArray(forms.map((form) => form.multiplier)),
    rightShift: Uint8Array.from(forms, (form) => form.rightShift),
    leftShift: Uint8Array.from(forms, (form) => form.leftShift),
  };
}
