import type { AcceleratorPart } from './parts.ts';
import { tablesFitTogether, type TableRows } from './tables.ts';

/** Writes the instructions of one layer: its tables once, then band by band. */
export abstract class LayerEmitter {
  protected abstract readonly part: AcceleratorPart;
  abstract readonly tables: TableRows;

  /** Loads the tables that hold for all bands. */
  abstract loadTables(): void;
  abstract compute(bandIndex: number): void;

  /** Whether another layer's tables can be loaded while this one's are in use. */
  tablesFitWith(other: LayerEmitter): boolean {
    return tablesFitTogether(this.part, this.tables, other.tables);
  }
}
