/**
 * The one arithmetic (docs/architecture.md) in scalar form, bit for bit what native/engine/arithmetic.h computes. Integers
 * are held in JavaScript numbers: every product here stays below 2^53, so float64 is exact.
 */

export const INT8_LIMIT = 127;
const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

/** `value` within [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/**
 * float32 → int8: clamp(trunc(v + copysign(0.5, v))) with v = x * scale; product and sum are each rounded to float32. NaN
 * becomes 0.
 */
export function quantise(x: number, scale: number): number {
  const v = Math.fround(Math.fround(x) * Math.fround(scale));
  if (Number.isNaN(v)) return 0;
  const rounded = Math.trunc(Math.fround(v < 0 ? v - 0.5 : v + 0.5));
  return clamp(rounded, -INT8_LIMIT, INT8_LIMIT) | 0;
}

/** acc * 2^shift within int32. */
export function saturatingLeftShift(value: number, shift: number): number {
  return clamp(value * 2 ** shift, INT32_MIN, INT32_MAX);
}

/** (2 * a * (m << 16) + 2^31) >> 32 for |m| < 2^15, which equals (a * m + 2^14) >> 15: SQRDMULH. */
export function roundingDoublingHighMultiply(a: number, m: number): number {
  return Math.floor((a * m + 0x4000) / 0x8000);
}

/** (value + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift without overflow: SRSHL by -shift. */
export function roundingShiftRight(value: number, shift: number): number {
  return shift === 0 ? value : Math.floor((value + 2 ** (shift - 1)) / 2 ** shift);
}

/** int32 accumulator → int8 within [low, high]; `zero` is the level of 0.0. */
export function requantise(
  acc: number,
  multiplier: number,
  rightShift: number,
  leftShift: number,
  low: number,
  high: number,
  zero = 0,
): number {
  const a = leftShift === 0 ? acc : saturatingLeftShift(acc, leftShift);
  return clamp(roundingShiftRight(roundingDoublingHighMultiply(a, multiplier), rightShift) + zero, low, high);
}

/** Nearest integer, ties away from zero. */
export function roundAwayFromZero(value: number): number {
  return value < 0 ? -Math.floor(-value + 0.5) : Math.floor(value + 0.5);
}
