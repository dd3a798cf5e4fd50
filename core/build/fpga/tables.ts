import { planesOf } from './channel-layout.ts';
import { isLeakyVector, vectorTaps } from './cost.ts';
import type { ConvolutionLayer, VectorLayer } from './layers.ts';
import { parameterRowsOfPlane } from './parameters.ts';
import type { AcceleratorPart } from './parts.ts';

/** Rows of the two tables that a layer takes. */
export interface TableRows {
  readonly parameters: number;
  readonly vectorWeights: number;
  /** They are loaded once for all bands; else some planes at a time, anew for each band. */
  readonly areHeld: boolean;
}

/** @param planes of the input */
export function tableRows(part: AcceleratorPart, layer: ConvolutionLayer | VectorLayer, planes: number): TableRows {
  if (layer.kind === 'convolution') {
    const rowsAPlane = parameterRowsOfPlane(layer.requantisation?.negative !== undefined);
    return { parameters: planesOf([layer.weights.outputs]) * rowsAPlane, vectorWeights: 0, areHeld: true };
  }
  const rowsAPlane = parameterRowsOfPlane(isLeakyVector(layer));
  const taps = vectorTaps(layer);
  switch (layer.method.kind) {
    case 'depthwise': {
      const parameters = planes * rowsAPlane;
      const vectorWeights = planes * taps;
      return {
        parameters,
        vectorWeights,
        areHeld: parameters <= part.parameterRows && vectorWeights <= part.vectorWeightRows,
      };
    }
    case 'sum':
      return { parameters: rowsAPlane, vectorWeights: taps, areHeld: true };
    case 'average':
      return { parameters: rowsAPlane * layer.method.divisors.length, vectorWeights: 0, areHeld: true };
    case 'maximum':
      return { parameters: rowsAPlane, vectorWeights: 0, areHeld: true };
  }
}

/**
 * Whether the tables of two layers, and the rows that copies between them take, are held at once. Rows are handed out in turn, and a table
 * that would go over the end starts again at the first: that may leave as many rows unused as the larger one has.
 */
export function tablesFitTogether(part: AcceleratorPart, a: TableRows, b: TableRows): boolean {
  return (
    a.areHeld &&
    b.areHeld &&
    fit(a.parameters + COPY_ROWS, b.parameters, part.parameterRows) &&
    fit(a.vectorWeights, b.vectorWeights, part.vectorWeightRows)
  );
}

function fit(a: number, b: number, rows: number): boolean {
  return a === 0 || b === 0 ? a + b <= rows : a + b + Math.max(a, b) <= rows;
}

/** Parameter rows of a copy. */
export const COPY_ROWS = 2;

/** Planes of a depthwise convolution whose weights are loaded together, where they do not all fit. */
export function planesAtOnce(part: AcceleratorPart, taps: number): number {
  return Math.max(1, Math.floor(part.vectorWeightRows / 2 / taps));
}
