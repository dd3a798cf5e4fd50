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

/** Little-endian half precision values as float32; `bytes` holds two per value. */
export function halvesToFloats(bytes: Uint8Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToNumber(bits));
  const floats = new Float32Array(bytes.length >> 1);
  for (let index = 0; index < floats.length; index += 1) {
    floats[index] = table[(bytes[2 * index] ?? 0) | ((bytes[2 * index + 1] ?? 0) << 8)] ?? 0;
  }
  return floats;
}
