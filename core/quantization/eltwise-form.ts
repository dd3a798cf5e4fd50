import type { EltwiseSumOperation } from '../graph/graph.ts';
import { clamp, roundAwayFromZero } from './arithmetic.ts';
import type { EltwiseForm } from './quantized-network.ts';
import { activationBounds } from './requantisation.ts';

const MULTIPLIER_LIMIT = 2 ** 15 - 1;
/** Keeps the rounding term, with the sum of up to 250 inputs, within int32. */
const LARGEST_SHIFT = 30;
/** Keeps the bias, with the same sum, within int32. */
const BIAS_LIMIT = 2 ** 29 - 1;

/**
 * The int8 form of a sum: 16-bit multipliers of one common shift, the coefficients folded in:
 * multipliers[i] = round(c_i * s_out / s_i * 2^shift), bias = round(constant * s_out * 2^shift), with the largest shift that
 * keeps all of the first within 16 bits, and the other within 30. A factor beyond 2^15 saturates there: any input but 0 then saturates the result either way.
 */
export function int8Sum(
  operation: EltwiseSumOperation,
  inputScales: readonly number[],
  outputScale: number,
): EltwiseForm {
  const factors = inputScales.map((scale, index) => ((operation.coefficients[index] ?? 1) * outputScale) / scale);
  const largest = Math.max(...factors.map(Math.abs));
  const constant = (operation.constant ?? 0) * outputScale;
  const fits = (candidate: number): boolean =>
    roundAwayFromZero(largest * 2 ** candidate) <= MULTIPLIER_LIMIT && Math.abs(constant) * 2 ** candidate < BIAS_LIMIT;
  let shift = LARGEST_SHIFT;
  while (shift > 0 && !fits(shift)) shift -= 1;
  const multipliers = factors.map((factor) =>
    clamp(roundAwayFromZero(factor * 2 ** shift), -MULTIPLIER_LIMIT, MULTIPLIER_LIMIT),
  );
  return {
    kind: 'int8',
    multipliers: Int16Array.from(multipliers),
    bias: clamp(roundAwayFromZero(constant * 2 ** shift), -BIAS_LIMIT, BIAS_LIMIT),
    shift,
    ...activationBounds(operation.activation, outputScale),
  };
}
