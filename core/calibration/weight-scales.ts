/** How weights become int8. */
export interface WeightLevels {
  /** 127 for 8 bits, 31 for 6. */
  readonly levels: number;
  /** A part whose largest magnitude is below this gets scale 0. */
  readonly dead: number;
  /** The magnitude that gets the last level; the largest where absent. */
  readonly threshold?: ((largest: number, count: number, levels: number) => number) | undefined;
}

/**
 * Symmetric weight scales: `levels / threshold` of each of `parts` equal parts of `weights`, and 0 for a part whose largest
 * magnitude is below `dead`, or is 0, or so small that the scale is no float32.
 */
export function weightScales(weights: Float32Array, parts: number, options: WeightLevels): readonly number[] {
  const { levels, dead, threshold = (largest: number): number => largest } = options;
  const length = weights.length / parts;
  return Array.from({ length: parts }, (_, part) => {
    const max = largestMagnitude(weights.subarray(part * length, (part + 1) * length));
    const scale = max === 0 || max < dead ? 0 : levels / threshold(max, length, levels);
    return Number.isFinite(Math.fround(scale)) ? scale : 0;
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
