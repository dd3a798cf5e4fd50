import { planesOf } from './channel-layout.ts';
import { bandCycles, weightBytes, type BandChoice } from './cost.ts';
import { transferPlanes } from './map-data.ts';
import type { AcceleratorPart } from './parts.ts';
import type { Band } from './plan.ts';
import type { Residency, RunStep } from './residency.ts';
import { tableRows, tablesFitTogether } from './tables.ts';

/** Cycles between two bands that take turns, in which neither unit works. */
const TURN_CYCLES = 60;

/** Whether a layer can leave its whole result on chip, band by band, for the layer behind it, which alone reads it. */
export function canHandOver(residency: Residency, part: AcceleratorPart, step: RunStep, next: RunStep): boolean {
  const id = step.output.storage;
  const storage = residency.storage(id);
  const isOwn = [...storage.readers, ...storage.writers].every(({ stage }) => stage === residency.stage);
  const isWhole = planesOf(step.output.layout) === transferPlanes(storage) && residency.writersOf(id).length === 1;
  const readers = residency.readersOf(id);
  if (storage.format !== 'planes' || storage.isInput || storage.isOutput || !isOwn || !isWhole) return false;
  if (readers.length !== 1 || readers[0] !== next) return false;
  if (next.inputs.filter((input) => input.storage === id).length !== 1) return false;
  const [a, b] = [step, next].map(({ layer, inputs }) => tableRows(part, layer, planesOf(inputs[0].layout)));
  return tablesFitTogether(part, a, b);
}

/**
 * Estimated cycles of two layers of which the first hands its result over in bands.
 *
 * @param conflicts share of the cycles in which both units want the same block
 */
export function handOverCycles(
  part: AcceleratorPart,
  choices: readonly [BandChoice, BandChoice],
  bands: readonly [readonly Band[], readonly Band[]],
  conflicts: number,
): number {
  const [first, second] = choices.map(({ layer, layout }, index) =>
    bands[index].reduce((sum, { from, to }) => sum + bandCycles(part, layer, layout, to - from), 0),
  );
  const count = bands[0].length;
  const isOneUnit = choices[0].layer.kind === choices[1].layer.kind;
  // What the unit that has less to do cannot hide: its first or its last band.
  const vector = choices[0].layer.kind === 'vector' ? first : second;
  const array = first + second - vector;
  // The vector unit stands still where the array reads its block.
  const overlapped = Math.max(array, vector + Math.min(array, vector / Math.max(1 - conflicts, 0.01)) * conflicts);
  const compute = isOneUnit ? first + second : overlapped + Math.min(first, second) / count;
  const bytes = choices.map(({ layer, layout, loadedPixelBytes, storedPixelBytes, keepsWeights }, index) =>
    bands[index].reduce((sum, { from, to, firstInput, endInput }) => {
      const { input, output } = layer.geometry;
      const loaded = (endInput - firstInput) * input.width * loadedPixelBytes;
      const stored = (to - from) * output.width * storedPixelBytes;
      return sum + loaded + stored + weightBytes(part, layer, layout, to - from, keepsWeights);
    }, 0),
  );
  const memory = (bytes[0] + bytes[1]) / choices[0].memoryBytesPerCycle;
  return (
    Math.max(compute, memory + (bytes[0] + bytes[1]) / count / choices[0].memoryBytesPerCycle) + count * TURN_CYCLES
  );
}
