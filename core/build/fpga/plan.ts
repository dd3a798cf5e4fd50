import type { RunStep } from './residency.ts';

/** A map, or some of its rows, in the activation buffer. */
export interface ChipMap {
  /** Word of its first plane. */
  readonly base: number;
  /** Pixels from one row to the next. */
  readonly pitch: number;
  /** Words from one plane to the next. */
  readonly planeStep: number;
}

/** One blob of a layer in the activation buffer. */
export interface Side {
  readonly storage: number;
  /** First plane within the storage. */
  readonly plane: number;
  readonly planes: number;
  /** The whole map, or buffers that bands use in turn. */
  readonly buffers: readonly ChipMap[];
  readonly isResident: boolean;
  /** It is loaded, or stored. */
  readonly usesMemory: boolean;
}

/** Output rows [from, to) that are loaded, computed and stored together, and the input rows that they need. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly firstInput: number;
  readonly endInput: number;
  /** Blocks of 32 output channels [firstBlock, endBlock); all that there are unless the result streams by channels. */
  readonly firstBlock: number;
  readonly endBlock: number;
}

/** How one layer is cut. */
export interface LayerPlan {
  readonly step: RunStep;
  readonly inputs: readonly Side[];
  readonly output: Side;
  readonly bands: readonly Band[];
  /** Weights stay for all tiles of a band. */
  readonly keepsWeights: boolean;
  /** The next layer loads this one's result again, and has buffers of its own: their bands can take turns. */
  readonly runsWithNext: boolean;
}
