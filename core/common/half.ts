/** The largest finite number of IEEE 754 half precision. */
export const LARGEST_HALF = 65504;
/** The smallest number that half precision holds with all of its 11 bits; smaller ones are subnormal. */
export const SMALLEST_NORMAL_HALF = 2 ** -14;

/** IEEE 754 half precision to number. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let table: Float32Array | undefined;

function halfTable(): Float32Array {
  return (table ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToNumber(bits)));
}

/** Little-endian half precision values as float32; `bytes` holds two per value. */
export function halvesToFloats(bytes: Uint8Array): Float32Array {
  const values = halfTable();
  const floats = new Float32Array(bytes.length >> 1);
  for (let index = 0; index < floats.length; index += 1) {
    floats[index] = values[(bytes[2 * index] ?? 0) | ((bytes[2 * index + 1] ?? 0) << 8)] ?? 0;
  }
  return floats;
}

/**
 * float32 values as the bits of the nearest halves, ties to the even one, as IEEE 754 and every processor's conversion have
 * it: from 65520 on infinity, up to 2^-25 zero; NaN stays NaN.
 */
export function floatsToHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  const floats = new Float32Array(1);
  const words = new Uint32Array(floats.buffer);
  for (let index = 0; index < values.length; index += 1) {
    floats[0] = values[index];
    halves[index] = halfBits(words[0]);
  }
  return halves;
}

/** Every value as the nearest half, but in float32. */
export function roundToHalves(values: Float32Array): Float32Array {
  const all = halfTable();
  const halves = floatsToHalves(values);
  const rounded = new Float32Array(values.length);
  for (let index = 0; index < values.length; index += 1) rounded[index] = all[halves[index]];
  return rounded;
}

/** @param word the bits of a float32 */
function halfBits(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 127;
  const fraction = word & 0x7fffff;
  if (exponent === 128) return sign | (fraction === 0 ? 0x7c00 : 0x7e00);
  if (exponent > 15) return sign | 0x7c00;
  // A carry of the rounding moves into the exponent, and from the largest one into infinity, as it should.
  if (exponent >= -14) return sign | roundShift(((exponent + 15) << 23) | fraction, 13);
  if (exponent < -25) return sign;
  return sign | roundShift(0x800000 | fraction, -exponent - 1);
}

/** `value / 2^bits`, to the nearest, ties to the even one. */
function roundShift(value: number, bits: number): number {
  const whole = value >>> bits;
  const rest = value & ((1 << bits) - 1);
  const half = 1 << (bits - 1);
  return rest > half || (rest === half && (whole & 1) === 1) ? whole + 1 : whole;
}
