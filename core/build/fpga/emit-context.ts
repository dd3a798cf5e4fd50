import { PORT_BYTES } from './cost.ts';
import type { Constants } from './constants.ts';
import { LOAD_PARAMETERS } from './instructions/transfer.ts';
import { PARAMETER_ROW_BYTES } from './parameters.ts';
import type { Band, ChipMap, LayerPlan, Side } from './plan.ts';
import type { ProgramBuilder, Span } from './program-builder.ts';
import type { Placed, Storage } from './storage.ts';

/** Base registers: blobs, constants, stamps. */
export const BASES = { blobs: 0, constants: 1, stamps: 2 } as const;

/** What instructions of all layers share while a program is written. */
export interface EmitContext {
  readonly builder: ProgramBuilder;
  readonly constants: Constants;
  readonly placed: Placed;
  /** By storage: bytes from the base of blobs; storages that never leave the activation buffer have none. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly parameterRows: RowRing;
  readonly vectorWeightRows: RowRing;
  /** Loads and stores of each storage so far. */
  readonly traffic: Map<number, Traffic>;
}

/** Transfers of one storage in the program so far. */
export interface Traffic {
  lastLoad: number | undefined;
  /** Rows [from, to) of planes from `plane` on, and the OpSync behind their store. */
  readonly stores: { readonly from: number; readonly to: number; readonly sync: number }[];
}

export function trafficOf(context: EmitContext, storage: number): Traffic {
  let traffic = context.traffic.get(storage);
  if (traffic === undefined) {
    traffic = { lastLoad: undefined, stores: [] };
    context.traffic.set(storage, traffic);
  }
  return traffic;
}

/** Rows of a table that are handed out in turn. */
export class RowRing {
  private next = 0;

  constructor(private readonly rows: number) {}

  take(count: number): number {
    if (count > this.rows) throw new RangeError(`${count} rows do not fit a table of ${this.rows}`);
    if (this.next + count > this.rows) this.next = 0;
    const row = this.next;
    this.next += count;
    return row;
  }
}

/** Loads parameter rows; the result is the first one's number. */
export function loadParameters(context: EmitContext, data: Uint8Array): number {
  const rows = data.byteLength / PARAMETER_ROW_BYTES;
  const row = context.parameterRows.take(rows);
  loadTable(context, data, row, rows, 'parameters');
  return row;
}

/** Loads rows of 16 weights of the vector unit. */
export function loadVectorWeights(context: EmitContext, data: Int8Array): number {
  const rows = data.byteLength / 16;
  const row = context.vectorWeightRows.take(rows);
  loadTable(context, data, row, rows, 'vector-weights');
  return row;
}

function loadTable(
  { builder, constants }: EmitContext,
  data: Uint8Array | Int8Array,
  row: number,
  rows: number,
  memory: 'parameters' | 'vector-weights',
): void {
  const words = data.byteLength / 8;
  const values = {
    offset: constants.place(data),
    base: BASES.constants,
    words,
    vectorWeights: memory === 'vector-weights',
    row,
  };
  const writes = [{ memory, from: row, to: row + rows }];
  builder.emit('load', LOAD_PARAMETERS, values, { writes }, { cycles: words, bytes: words * PORT_BYTES });
}

/** The buffer that band `index` of a side uses. */
export function bufferOf(side: Side, index: number): ChipMap {
  return side.buffers[index % side.buffers.length];
}

/** A map from one of its planes on. */
export function planesFrom(map: ChipMap, plane: number): ChipMap {
  return { ...map, base: map.base + plane * map.planeStep };
}

/** Words of some planes of a map. */
export function mapRange(map: ChipMap, planes: number): { readonly from: number; readonly to: number } {
  return { from: map.base, to: map.base + planes * map.planeStep };
}

/** Words of the pixels [first, end) (flat within a plane) of some planes. */
export function pixelSpans(map: ChipMap, streams: number, planes: number, first: number, end: number): readonly Span[] {
  return Array.from({ length: planes }, (_, plane) => {
    const base = map.base + plane * map.planeStep;
    return {
      memory: 'activations',
      from: base + Math.floor(first / streams),
      to: base + Math.ceil(end / streams),
    } as const;
  });
}

/** Row of its buffer in which a band's first result row lies. */
export function firstResultRow(plan: LayerPlan, band: Band): number {
  return plan.output.isResident ? band.from : band.from - band.firstResult;
}

/** The first input row that a band's buffer holds. */
export function firstRowOf(side: Side, firstInput: number): number {
  return side.isResident ? 0 : firstInput;
}

/** Rows of the input that are in the buffer for a band. */
export function rowsInBuffer(plan: LayerPlan, side: Side, bandIndex: number, storage: Storage): number {
  const band = plan.bands[bandIndex];
  return side.isResident ? storage.size.height : band.endInput - band.firstInput;
}

/** Pixels [first, end) of the rows that a window reads from row `first` to row `last`, of those that are in the buffer. */
export function rowRange(map: ChipMap, first: number, last: number, rows: number): readonly [number, number] {
  const from = Math.min(Math.max(first, 0), rows - 1);
  const to = Math.min(Math.max(last, from), rows - 1);
  return [from * map.pitch, (to + 1) * map.pitch];
}
