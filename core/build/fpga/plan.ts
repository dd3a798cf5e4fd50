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
  /** The layer ahead leaves it in these buffers, band by band. */
  readonly isHandedOver?: boolean;
}

/** Output rows [from, to) that are loaded, computed and stored together, and the input rows that they need. */
export interface Band {
  readonly from: number;
  readonly to: number;
  /** The row that the result's buffer starts with: `from`, or one that the layer before this band has written already. */
  readonly firstResult: number;
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
  /** The next layer reads this one's result band by band, and has buffers of its own: their bands can take turns. */
  readonly runsWithNext: boolean;
  /**
   * Bands of the layer ahead where that hands its result over on chip: rows [firstResult, from) of each are copied from the buffer of
   * the band before.
   */
  readonly handedOver?: readonly Band[];
}
