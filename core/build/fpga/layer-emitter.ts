import type { AcceleratorPart } from './parts.ts';

/** Writes the instructions of one layer: its tables once, then band by band. */
export abstract class LayerEmitter {
  protected abstract readonly part: AcceleratorPart;
  /** Rows of the tables that the layer loads in all. */
  abstract readonly parameterRows: number;
  abstract readonly vectorWeightRows: number;

  /** Loads the tables that hold for all bands. */
  abstract loadTables(): void;
  abstract compute(bandIndex: number): void;

  /** Whether another layer's tables can be loaded while this one's are in use, and while it may still load more. */
  tablesFitWith(other: LayerEmitter): boolean {
    return (
      this.parameterRows + other.parameterRows <= this.part.parameterRows &&
      this.vectorWeightRows + other.vectorWeightRows <= this.part.vectorWeightRows
    );
  }
}
