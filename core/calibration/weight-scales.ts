/**
 * Symmetric weight scales: `levels / max|w|` of each of `parts` equal parts of `weights`, and 0 for a part whose largest
 * magnitude is below `dead`, or is 0.
 *
 * @param levels 127 for 8 bits, 31 for 6
 */
export function weightScales(
  weights: Float32Array,
  parts: number,
  options: { readonly levels: number; readonly dead: number },
): readonly number[] {
  const length = weights.length / parts;
  return Array.from({ length: parts }, (_, part) => {
    const max = largestMagnitude(weights.subarray(part * length, (part + 1) * length));
    return max === 0 || max < options.dead ? 0 : options.levels / max;
  });
}

export function largestMagnitude(values: Float32Array): number {
  let max = 0;
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (magnitude > max) max = magnitude;
  }
  return max;
}
