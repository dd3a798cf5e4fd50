import type { VectorMethod } from './layers.ts';
import { packParameters } from './parameters.ts';

type Average = Extract<VectorMethod, { readonly kind: 'average' }>;

/** Outputs of one row whose windows have the same divisor. */
export interface DivisorRun {
  readonly from: number;
  readonly to: number;
  readonly column: number;
  readonly endColumn: number;
  readonly entry: number;
}

/** Parameter rows of all divisors, one behind the other. */
export function packDivisors({ divisors, requantisation }: Average): Uint8Array {
  const places = new Int32Array(divisors.length * 16).map((_, place) => Math.floor(place / 16));
  return packParameters(requantisation, new Int32Array(divisors.length), places);
}

/** The divisor of the largest windows, which most outputs have: windows are smaller only where the border clips them. */
export function mainEntry({ divisors }: Average): number {
  return divisors.length - 1;
}

/** Outputs of rows [from, to) with another divisor than the main one. */
export function otherDivisors(average: Average, from: number, to: number): readonly DivisorRun[] {
  const { divisors, rowExtents, columnExtents } = average;
  if (divisors.length === 1) return [];
  const main = mainEntry(average);
  const runs: DivisorRun[] = [];
  for (let row = from; row < to; row += 1) {
    let column = 0;
    while (column < columnExtents.length) {
      const extent = columnExtents[column];
      const entry = divisors.indexOf(rowExtents[row] * extent);
      let endColumn = column + 1;
      while (endColumn < columnExtents.length && columnExtents[endColumn] === extent) endColumn += 1;
      if (entry !== main) runs.push({ from: row, to: row + 1, column, endColumn, entry });
      column = endColumn;
    }
  }
  return runs;
}
