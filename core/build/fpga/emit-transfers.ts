import { PORT_BYTES } from './cost.ts';
import { BASES, bufferOf, pixelSpans, trafficOf, type EmitContext } from './emit-context.ts';
import { SYNC } from './instructions/control.ts';
import { LOAD, SET_LOAD, SET_STORE, STORE } from './instructions/transfer.ts';
import { mapBytes, memoryWidth, pixelBytes } from './map-data.ts';
import type { LayerPlan, Side } from './plan.ts';

/** Loads the rows of a band for one input. */
export function emitLoad(context: EmitContext, plan: LayerPlan, side: Side, bandIndex: number): void {
  if (!side.usesMemory) return;
  const { builder, placed } = context;
  const { streams } = builder.part;
  const storage = placed.storages[side.storage];
  const { firstInput, endInput } = plan.bands[bandIndex];
  const chip = bufferOf(side, bandIndex);
  const width = memoryWidth(storage);
  const { height } = storage.size;
  const bytes = pixelBytes(storage.format);
  const pixels = (endInput - firstInput) * width;
  builder.set('load', SET_LOAD, {
    width,
    rowSkip: chip.pitch - width,
    planeStep: chip.planeStep,
    memoryPlaneStep: storage.format === 'narrow' ? 0 : height * width,
    narrow: storage.format === 'narrow',
  });
  const traffic = trafficOf(context, side.storage);
  const after = traffic.stores.filter(({ from, to }) => from < endInput && to > firstInput).map(({ sync }) => sync);
  traffic.lastLoad = builder.emit(
    'load',
    LOAD,
    {
      offset: offsetOf(context, side.storage) + (side.plane * height + firstInput) * width * bytes,
      base: BASES.blobs,
      pixels,
      planes: side.planes,
      position: chip.base * streams,
      column: 0,
    },
    { writes: pixelSpans(chip, streams, side.planes, 0, (endInput - firstInput) * chip.pitch), after },
    // A narrow pixel takes a cycle, a word of 16 bytes two.
    { cycles: pixels * side.planes * Math.ceil(bytes / PORT_BYTES), bytes: pixels * side.planes * bytes },
  );
}

/** Stores the rows of a band of the result; what this program loads again is acknowledged behind it. */
export function emitStore(context: EmitContext, plan: LayerPlan, bandIndex: number, isLoadedAgain: boolean): void {
  const { output: side } = plan;
  if (!side.usesMemory) return;
  const { builder, placed } = context;
  const { streams } = builder.part;
  const storage = placed.storages[side.storage];
  const { height, width } = storage.size;
  const { from, to, firstBlock, endBlock } = plan.bands[bandIndex];
  const planesABlock = storage.format === 'raw' ? 8 : 2;
  const isWhole = plan.bands.every((band) => band.firstBlock === 0);
  const firstPlane = isWhole ? 0 : firstBlock * planesABlock;
  const planes = isWhole ? side.planes : Math.min((endBlock - firstBlock) * planesABlock, side.planes - firstPlane);
  const chip = bufferOf(side, bandIndex);
  const first = side.isResident ? from * chip.pitch : 0;
  const pixels = (to - from) * width;
  builder.set('store', SET_STORE, {
    width,
    rowSkip: chip.pitch - width,
    planeStep: chip.planeStep,
    memoryPlaneStep: height * width,
    narrow: false,
  });
  builder.emit(
    'store',
    STORE,
    {
      offset: offsetOf(context, side.storage) + ((side.plane + firstPlane) * height + from) * width * 16,
      base: BASES.blobs,
      pixels,
      planes,
      position: chip.base * streams + first,
      column: 0,
    },
    {
      reads: pixelSpans(chip, streams, planes, first, first + (to - from) * chip.pitch),
      after: loadsOfSamePlace(context, side.storage),
    },
    { cycles: pixels * planes * 2, bytes: pixels * planes * 16 },
  );
  if (!isLoadedAgain) return;
  const sync = builder.emit('store', SYNC, {}, {}, { cycles: 1, bytes: 0 });
  trafficOf(context, side.storage).stores.push({ from, to, sync });
}

function offsetOf(context: EmitContext, storage: number): number {
  const offset = context.offsets.get(storage);
  if (offset === undefined) throw new Error(`storage ${storage} has no place in memory`);
  return offset;
}

/** Loads of maps that lay where this one does now. */
function loadsOfSamePlace(context: EmitContext, id: number): readonly number[] {
  const from = offsetOf(context, id);
  const to = from + mapBytes(context.placed.storages[id]);
  const loads: number[] = [];
  for (const [other, { lastLoad }] of context.traffic) {
    if (other === id || lastLoad === undefined) continue;
    const start = offsetOf(context, other);
    if (start < to && start + mapBytes(context.placed.storages[other]) > from) loads.push(lastLoad);
  }
  return loads;
}
