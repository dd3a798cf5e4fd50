/**
 * Elementary functions in float64 as native/engine/schema/package.fbs lays them down: sums and products alone, so that they
 * are the same to the last bit on every computer. Good to about 1e-15.
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const LOG2_E = 1.4426950408889634;
const SQRT_HALF = 0.70710678118654757;
const EXP_LIMIT = 700;

/** 1 / n! for n = 0 ... 13. */
const EXP_COEFFICIENTS = Float64Array.from({ length: 14 }, (_, n) => {
  let factorial = 1;
  for (let factor = 2; factor <= n; factor += 1) factorial *= factor;
  return 1 / factorial;
});

const POWER_BIAS = 1023;
/** 2^k for every exponent that exp may ask for: k + POWER_BIAS is the index. */
const POWERS_OF_TWO = Float64Array.from({ length: 2 * POWER_BIAS }, (_, index) => {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setUint32(0, index << 20);
  return bits.getFloat64(0);
});

/** e^x; 0 below -700, and e^700 above 700, which no float32 holds either. */
export function exp(x: number): number {
  if (x < -EXP_LIMIT) return 0;
  const limited = x > EXP_LIMIT ? EXP_LIMIT : x;
  if (Number.isNaN(limited)) return NaN;
  const k = Math.floor(limited * LOG2_E + 0.5);
  const r = limited - k * LN2_HIGH - k * LN2_LOW;
  let p = EXP_COEFFICIENTS[13];
  for (let n = 12; n >= 0; n -= 1) p = p * r + EXP_COEFFICIENTS[n];
  return p * POWERS_OF_TWO[k + POWER_BIAS];
}

/** Natural logarithm. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return Infinity;
  const [fraction, exponent] = splitExponent(x);
  const small = fraction < SQRT_HALF;
  const m = small ? 2 * fraction : fraction;
  const e = small ? exponent - 1 : exponent;
  const f = (m - 1) / (m + 1);
  const g = f * f;
  let p = 1 / 23;
  for (let n = 21; n >= 1; n -= 2) p = p * g + 1 / n;
  return e * LN2_HIGH + (2 * f * p + e * LN2_LOW);
}

/** x = fraction * 2^exponent with the fraction in [0.5, 1). */
function splitExponent(x: number): readonly [number, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const stored = view.getUint16(0) >> 4;
  // Subnormal numbers are brought into the normal range first.
  if (stored === 0) {
    const [fraction, exponent] = splitExponent(x * 2 ** 54);
    return [fraction, exponent - 54];
  }
  const exponent = stored - 1022;
  view.setUint16(0, (view.getUint16(0) & 0x800f) | (1022 << 4));
  return [view.getFloat64(0), exponent];
}

const LARGEST_PRODUCT = 16;

/** v^c, by products where c is a small whole number and by roots for 0.5 and 0.75. */
export function power(v: number, c: number): number {
  if (c === 0) return 1;
  if (Number.isInteger(c) && Math.abs(c) <= LARGEST_PRODUCT) {
    let product = v;
    for (let factor = 1; factor < Math.abs(c); factor += 1) product *= v;
    return c < 0 ? 1 / product : product;
  }
  if (c === 0.5) return Math.sqrt(v);
  if (c === 0.75) return Math.sqrt(v) * Math.sqrt(Math.sqrt(v));
  return exp(c * log(v));
}
