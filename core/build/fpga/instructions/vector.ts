import { InstructionCodec } from './codec.ts';
import { OUTPUT, REGION, type Output, type Region } from './window.ts';

/** Operations of the vector unit. */
export const VECTOR_METHODS = { 'multiply-add': 0, sum: 1, maximum: 2 } as const;

export interface VectorOutput extends Output {
  /** One of VECTOR_METHODS. */
  readonly method: number;
  /** Taps alternate between low and high byte of a 16-bit weight. */
  readonly pair: boolean;
  /** Parameters of their own for sums below 0. */
  readonly leaky: boolean;
  /** Parameters, and weights, are those of the first plane. */
  readonly sharedParameters: boolean;
  readonly sharedWeights: boolean;
}

export const SET_VECTOR_OUTPUT = new InstructionCodec<VectorOutput>(9, 'OpSetVecOutput', {
  ...OUTPUT,
  leaky: { low: 71, width: 1, kind: 'flag' },
  method: { low: 73, width: 2, kind: 'unsigned' },
  pair: { low: 75, width: 1, kind: 'flag' },
  sharedParameters: { low: 76, width: 1, kind: 'flag' },
  sharedWeights: { low: 77, width: 1, kind: 'flag' },
});

/** OpVec: a window over planes of 16 channels. */
export interface VectorRegion extends Region {
  readonly weightRow: number;
}

export const VECTOR = new InstructionCodec<VectorRegion>(10, 'OpVec', {
  ...REGION,
  weightRow: { low: 113, width: 9, kind: 'unsigned' },
});
