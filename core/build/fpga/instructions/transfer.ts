import { InstructionCodec } from './codec.ts';

/** OpSetLoad, OpSetStore: how transfers walk over a map in the activation buffer and in memory. */
export interface Walk {
  /** Pixels of a row. */
  readonly width: number;
  /** Flat index: pitch - width. */
  readonly rowSkip: number;
  /** Words from one plane to the next in each bank. */
  readonly planeStep: number;
  /** Units of 16 bytes from one plane to the next in memory. */
  readonly memoryPlaneStep: number;
  /** 4 bytes a pixel in memory (loads only). */
  readonly narrow: boolean;
}

const WALK = {
  width: { low: 16, width: 10, kind: 'unsigned' },
  rowSkip: { low: 26, width: 16, kind: 'position' },
  planeStep: { low: 42, width: 13, kind: 'unsigned' },
  memoryPlaneStep: { low: 55, width: 22, kind: 'unsigned' },
  narrow: { low: 77, width: 1, kind: 'flag' },
} as const;

export const SET_LOAD = new InstructionCodec<Walk>(1, 'OpSetLoad', WALK);
export const SET_STORE = new InstructionCodec<Walk>(11, 'OpSetStore', WALK);

/** OpLoad, OpStore: planes of a map between memory and the activation buffer. */
export interface Transfer {
  /** Bytes from the base. */
  readonly offset: number;
  /** Base register, 0 to 3. */
  readonly base: number;
  /** Of each plane. */
  readonly pixels: number;
  readonly planes: number;
  /** Flat index of the first pixel. */
  readonly position: number;
  /** Its column. */
  readonly column: number;
}

const TRANSFER = {
  offset: { low: 16, width: 32, kind: 'unsigned' },
  base: { low: 48, width: 2, kind: 'unsigned' },
  pixels: { low: 50, width: 17, kind: 'count' },
  planes: { low: 67, width: 8, kind: 'count' },
  position: { low: 75, width: 16, kind: 'position' },
  column: { low: 91, width: 10, kind: 'unsigned' },
} as const;

export const LOAD = new InstructionCodec<Transfer>(2, 'OpLoad', TRANSFER);
export const STORE = new InstructionCodec<Transfer>(12, 'OpStore', TRANSFER);

/** OpLoadParams: parameters, or weights of the vector unit. */
export interface ParameterLoad {
  readonly offset: number;
  readonly base: number;
  /** Of 8 bytes. */
  readonly words: number;
  readonly vectorWeights: boolean;
  readonly row: number;
}

export const LOAD_PARAMETERS = new InstructionCodec<ParameterLoad>(3, 'OpLoadParams', {
  offset: { low: 16, width: 32, kind: 'unsigned' },
  base: { low: 48, width: 2, kind: 'unsigned' },
  words: { low: 50, width: 12, kind: 'count' },
  vectorWeights: { low: 62, width: 1, kind: 'flag' },
  row: { low: 63, width: 9, kind: 'unsigned' },
});

/** OpLoadWeights: sets for the array. */
export interface WeightLoad {
  readonly offset: number;
  readonly base: number;
  readonly sets: number;
}

export const LOAD_WEIGHTS = new InstructionCodec<WeightLoad>(4, 'OpLoadWeights', {
  offset: { low: 16, width: 32, kind: 'unsigned' },
  base: { low: 48, width: 2, kind: 'unsigned' },
  sets: { low: 50, width: 16, kind: 'count' },
});
