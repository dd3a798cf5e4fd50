/** A real factor M as m * 2^(leftShift - rightShift - 15), |m| in [2^14, 2^15); leftShift > 0 only where rightShift = 0. */
export interface FixedPointMultiplier {
  readonly multiplier: number;
  readonly rightShift: number;
  readonly leftShift: number;
}

/** Gives 0 for every accumulator below 0, and for every one at all but 2^31 - 1. */
const VANISHING: FixedPointMultiplier = { multiplier: 0x4000, rightShift: 31, leftShift: 0 };

/**
 * The nearest fixed-point form of `factor`, with a relative error of at most 2^-15.
 *
 * Factors beyond the range keep their meaning: below 2^-32 (and 0) every int32 accumulator rounds to 0, which the smallest
 * form gives; from 2^31 on every accumulator but 0 saturates, which the largest form gives.
 * A negative factor (the slope of a PReLU) has a negative m. Throws a RangeError where `factor` is not finite.
 */
export function fixedPointMultiplier(factor: number): FixedPointMultiplier {
  if (!Number.isFinite(factor)) throw new RangeError(`a multiplier cannot be ${factor}`);
  const magnitude = Math.abs(factor);
  if (magnitude === 0) return VANISHING;
  const sign = factor < 0 ? -1 : 1;

  let exponent = Math.floor(Math.log2(magnitude)) + 1;
  let mantissa = Math.round(magnitude * 2 ** (15 - exponent));
  // log2 may round up to a power of two, and the mantissa may.
  if (mantissa < 0x4000) {
    exponent -= 1;
    mantissa = Math.round(magnitude * 2 ** (15 - exponent));
  }
  if (mantissa >= 0x8000) {
    exponent += 1;
    mantissa = 0x4000;
  }
  if (exponent < -31) return { ...VANISHING, multiplier: sign * VANISHING.multiplier };
  if (exponent > 31) return { multiplier: sign * 0x7fff, rightShift: 0, leftShift: 31 };
  return exponent > 0
    ? { multiplier: sign * mantissa, rightShift: 0, leftShift: exponent }
    : { multiplier: sign * mantissa, rightShift: exponent === 0 ? 0 : -exponent, leftShift: 0 };
}

/** The value that a fixed-point form stands for. */
export function multiplierValue({ multiplier, rightShift, leftShift }: FixedPointMultiplier): number {
  return multiplier * 2 ** (leftShift - rightShift - 15);
}
