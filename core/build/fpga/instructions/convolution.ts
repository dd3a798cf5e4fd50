import { InstructionCodec } from './codec.ts';
import { OUTPUT, REGION, type Output, type Region } from './window.ts';

export interface ConvolutionOutput extends Output {
  /** A second row of parameters for sums below 0. */
  readonly leaky: boolean;
  /** int32 sums instead of int8. */
  readonly raw: boolean;
}

export const SET_CONVOLUTION_OUTPUT = new InstructionCodec<ConvolutionOutput>(6, 'OpSetConvOutput', {
  ...OUTPUT,
  leaky: { low: 71, width: 1, kind: 'flag' },
  raw: { low: 72, width: 1, kind: 'flag' },
});

/** OpConv: a tile of up to `depth` groups x 32 output channels. */
export interface ConvolutionTile extends Region {
  /** Groups of four channels in the last plane. */
  readonly lastColumns: number;
  /** Groups of eight output channels that are written. */
  readonly eighths: number;
  /** Sums start from zero. */
  readonly first: boolean;
  /** Results are written. */
  readonly last: boolean;
  /** The next tile uses the same sets. */
  readonly keep: boolean;
}

export const CONVOLVE = new InstructionCodec<ConvolutionTile>(7, 'OpConv', {
  ...REGION,
  lastColumns: { low: 113, width: 2, kind: 'count' },
  eighths: { low: 115, width: 2, kind: 'count' },
  first: { low: 117, width: 1, kind: 'flag' },
  last: { low: 118, width: 1, kind: 'flag' },
  keep: { low: 119, width: 1, kind: 'flag' },
});
