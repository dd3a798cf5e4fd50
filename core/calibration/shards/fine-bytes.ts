import { FineHistogram, type FineHistogramState } from '../fine-histogram.ts';
import { lowestTop, OctaveBins } from '../octave-bins.ts';
import { VarintReader, VarintWriter } from './varints.ts';

/** Facts of a histogram in front of its counts, as float64. */
const factCount = 11;
const mostTop = 254;
const limits = { finest: 20, kept: 2 ** 24 };

/**
 * Histograms one after the other, little endian: min, max, count, notFinite, zeros, the fineness (finest, coarsest, mostKept),
 * the number of values kept or -1, the top of the bins or 0, and 1 where negative values have bins, of each as float64. Then
 * for each as varints either the kept values' bits, sorted, each by its distance from the one before, or the number of places
 * that are not empty and for each of those its distance from the one before and its count.
 */
export function fineBytes(histograms: readonly FineHistogram[]): Uint8Array {
  const facts = new DataView(new ArrayBuffer(8 * factCount * histograms.length));
  const varints = new VarintWriter();
  histograms.forEach((histogram, place) => {
    const state = histogram.state();
    factsOf(state).forEach((value, fact) => {
      facts.setFloat64(8 * (factCount * place + fact), value, true);
    });
    if (state.kept !== undefined) writeSorted(varints, bitsOf(state.kept).slice().sort());
    else if (state.counted !== undefined) writeSparse(varints, state.counted.counts);
  });
  const tail = varints.finish();
  const bytes = new Uint8Array(facts.byteLength + tail.length);
  bytes.set(new Uint8Array(facts.buffer));
  bytes.set(tail, facts.byteLength);
  return bytes;
}

function factsOf({ range, zeros, fineness, kept, counted }: FineHistogramState): readonly number[] {
  const { min, max, count, notFinite } = range;
  const { finest, coarsest, mostKept } = fineness;
  const how = [kept?.length ?? -1, counted?.top ?? 0, counted?.hasNegatives === true ? 1 : 0];
  return [min, max, count, notFinite, zeros, finest, coarsest, mostKept, ...how];
}

/** Reads `count` histograms that `fineBytes` wrote. Throws a RangeError for what it would not have written. */
export function readFineBytes(bytes: Uint8Array, count: number): readonly FineHistogram[] {
  const facts = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const varints = new VarintReader(bytes.subarray(8 * factCount * count));
  const histograms = Array.from({ length: count }, (_, place) => {
    const values = Array.from({ length: factCount }, (__, fact) =>
      facts.getFloat64(8 * (factCount * place + fact), true),
    );
    return readHistogram(values, varints);
  });
  if (!varints.isAtEnd) throw new RangeError('there are bytes behind the last histogram');
  return histograms;
}

function readHistogram(facts: readonly number[], varints: VarintReader): FineHistogram {
  const [min, max, count, notFinite, zeros, finest, coarsest, mostKept, keptCount, top, negatives] = facts;
  require(isWhole(finest, 1, limits.finest) && isWhole(coarsest, 1, finest) && isWhole(mostKept, 0, limits.kept));
  const fineness = { finest, coarsest, mostKept };
  const common = { fineness, range: { min, max, count, notFinite }, zeros };
  if (keptCount >= 0) {
    require(isWhole(keptCount, 0, mostKept));
    const kept = new Float32Array(readSorted(varints, keptCount).buffer);
    return FineHistogram.fromState({ ...common, kept, counted: undefined });
  }
  require(isWhole(top, lowestTop, mostTop));
  const hasNegatives = negatives === 1;
  const counts = readSparse(varints, new OctaveBins(top, hasNegatives, fineness).length);
  return FineHistogram.fromState({ ...common, kept: undefined, counted: { top, hasNegatives, counts } });
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function require(isPossible: boolean): void {
  if (!isPossible) throw new RangeError('a histogram with impossible bins');
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function writeSorted(varints: VarintWriter, sorted: Uint32Array): void {
  let before = 0;
  for (const value of sorted) {
    varints.write(value - before);
    before = value;
  }
}

function readSorted(varints: VarintReader, length: number): Uint32Array {
  const values = new Uint32Array(length);
  let value = 0;
  for (let i = 0; i < length; i++) {
    value += varints.read();
    if (value >= 2 ** 32) throw new RangeError('a kept value lies outside of float32');
    values[i] = value;
  }
  return values;
}

function writeSparse(varints: VarintWriter, counts: Uint32Array | Float64Array): void {
  let filled = 0;
  for (const count of counts) if (count > 0) filled++;
  varints.write(filled);
  let before = 0;
  counts.forEach((count, place) => {
    if (count === 0) return;
    varints.write(place - before);
    varints.write(count);
    before = place;
  });
}

function readSparse(varints: VarintReader, length: number): Float64Array {
  const counts = new Float64Array(length);
  let place = 0;
  for (let left = varints.read(); left > 0; left--) {
    place += varints.read();
    if (place >= length) throw new RangeError('a bin lies outside of its histogram');
    counts[place] = varints.read();
  }
  return counts;
}
