import { InstructionCodec } from './codec.ts';

/** OpSetConvWindow, OpSetVecWindow: how a window walks over its input. */
export interface Window {
  readonly kernelWidth: number;
  readonly kernelHeight: number;
  /** Flat index: dilation of columns. */
  readonly columnStep: number;
  /** Flat index: dilation of rows x pitch; the distance of the inputs in a sum. */
  readonly rowStep: number;
  /** Words. */
  readonly planeStep: number;
  readonly dilationX: number;
  readonly dilationY: number;
  /** Columns of the input. */
  readonly width: number;
  readonly padX: number;
  readonly strideX: number;
  readonly strideY: number;
  /** Words: (strideY * pitch - strideX * outWidth) / P. */
  readonly rowJump: number;
  /** What lies outside of the input, where the window is a convolution's. */
  readonly padLevel: number;
}

const WINDOW = {
  kernelWidth: { low: 16, width: 6, kind: 'count' },
  kernelHeight: { low: 22, width: 6, kind: 'count' },
  columnStep: { low: 28, width: 16, kind: 'position' },
  rowStep: { low: 44, width: 16, kind: 'position' },
  planeStep: { low: 60, width: 13, kind: 'unsigned' },
  dilationX: { low: 73, width: 4, kind: 'unsigned' },
  dilationY: { low: 77, width: 4, kind: 'unsigned' },
  width: { low: 81, width: 10, kind: 'unsigned' },
  padX: { low: 91, width: 6, kind: 'unsigned' },
  strideX: { low: 97, width: 3, kind: 'unsigned' },
  strideY: { low: 100, width: 3, kind: 'unsigned' },
  rowJump: { low: 103, width: 13, kind: 'modulo' },
  padLevel: { low: 116, width: 8, kind: 'signed' },
} as const;

export const SET_CONVOLUTION_WINDOW = new InstructionCodec<Window>(5, 'OpSetConvWindow', WINDOW);
export const SET_VECTOR_WINDOW = new InstructionCodec<Window>(8, 'OpSetVecWindow', WINDOW);

/** What OpConv and OpVec have in common: which outputs, from where, to where. */
export interface Region {
  /** Flat index of the input pixel under tap (0, 0) of the first output. */
  readonly input: number;
  /** Column of the first output. */
  readonly column: number;
  /** Input row under tap row 0 of the first output, counted from the first row in the buffer. */
  readonly row: number;
  /** Input rows in the buffer. */
  readonly rows: number;
  /** Of P pixels. */
  readonly groups: number;
  /** Real pixels of the last group. */
  readonly lastCount: number;
  /** Flat index of the first result. */
  readonly output: number;
  readonly parameterRow: number;
  /** Of the input. */
  readonly planes: number;
}

export const REGION = {
  input: { low: 16, width: 16, kind: 'position' },
  column: { low: 32, width: 10, kind: 'unsigned' },
  row: { low: 42, width: 12, kind: 'signed' },
  rows: { low: 54, width: 10, kind: 'unsigned' },
  groups: { low: 64, width: 13, kind: 'count' },
  lastCount: { low: 77, width: 3, kind: 'count' },
  output: { low: 80, width: 16, kind: 'position' },
  parameterRow: { low: 96, width: 9, kind: 'unsigned' },
  planes: { low: 105, width: 8, kind: 'count' },
} as const;

/** OpSetConvOutput, OpSetVecOutput without what only one of them has. */
export interface Output {
  /** At least P. */
  readonly width: number;
  /** Flat index: the result's pitch - width. */
  readonly rowSkip: number;
  /** Words. */
  readonly planeStep: number;
  /** Bounds of the results. */
  readonly low: number;
  readonly high: number;
  /** What int8 results have in place of 0: added ahead of the bounds. */
  readonly zero: number;
}

export const OUTPUT = {
  width: { low: 16, width: 10, kind: 'unsigned' },
  rowSkip: { low: 26, width: 16, kind: 'position' },
  planeStep: { low: 42, width: 13, kind: 'unsigned' },
  low: { low: 55, width: 8, kind: 'signed' },
  high: { low: 63, width: 8, kind: 'signed' },
  zero: { low: 78, width: 8, kind: 'signed' },
} as const;
