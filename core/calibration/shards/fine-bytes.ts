import { FineHistogram, type FineHistogramState } from '../fine-histogram.ts';
import { countAt, lowestTop, type Counters } from '../counting/fine-bins.ts';
import { VarintReader, VarintWriter } from './varints.ts';

/** Facts of a histogram in front of its counts, as float64. */
const factCount = 9;
const mostTop = 254;
const limits = { bits: 20, kept: 2 ** 24 };

/**
 * Histograms one after the other, little endian: min, max, count, notFinite, zeros, the fineness (bits, mostKept), the number of
 * values kept or -1, and the top of the bins or 0, of each as float64. Then for each as varints either the kept values' bits,
 * sorted, each by its distance from the one before, or, of the positive and then of the negative bins, the number of those that
 * are not empty and for each of them its distance from the one before and its count.
 */
export function fineBytes(histograms: readonly FineHistogram[]): Uint8Array {
  const facts = new DataView(new ArrayBuffer(8 * factCount * histograms.length));
  const varints = new VarintWriter();
  histograms.forEach((histogram, place) => {
    const state = histogram.state();
    factsOf(state).forEach((value, fact) => {
      facts.setFloat64(8 * (factCount * place + fact), value, true);
    });
    if (state.kept !== undefined) writeSorted(varints, bitsOf(state.kept).sort());
    else if (state.counted !== undefined) {
      writeSparse(varints, state.counted.positive);
      writeSparse(varints, state.counted.negative);
    }
  });
  const tail = varints.finish();
  const bytes = new Uint8Array(facts.byteLength + tail.length);
  bytes.set(new Uint8Array(facts.buffer));
  bytes.set(tail, facts.byteLength);
  return bytes;
}

function factsOf({ range, zeros, fineness, kept, counted }: FineHistogramState): readonly number[] {
  const { min, max, count, notFinite } = range;
  const { bits, mostKept } = fineness;
  return [
    min,
    max,
    count,
    notFinite,
    zeros,
    bits,
    mostKept,
    kept === undefined ? -1 : lengthOf(kept),
    counted?.top ?? 0,
  ];
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
  const [min, max, count, notFinite, zeros, bits, mostKept, keptCount, top] = facts;
  require(isWhole(bits, 1, limits.bits) && isWhole(mostKept, 0, limits.kept));
  const common = { fineness: { bits, mostKept }, range: { min, max, count, notFinite }, zeros };
  if (keptCount >= 0) {
    require(isWhole(keptCount, 0, mostKept));
    const kept = new Float32Array(readSorted(varints, keptCount).buffer);
    return FineHistogram.fromState({ ...common, kept: [kept], counted: undefined });
  }
  require(isWhole(top, lowestTop, mostTop));
  const positive = readSparse(varints, 2 ** bits);
  const negative = readSparse(varints, 2 ** bits);
  return FineHistogram.fromState({ ...common, kept: undefined, counted: { top, positive, negative } });
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function require(isPossible: boolean): void {
  if (!isPossible) throw new RangeError('a histogram with impossible bins');
}

function lengthOf(parts: readonly Float32Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function bitsOf(parts: readonly Float32Array[]): Uint32Array {
  const values = new Float32Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return new Uint32Array(values.buffer);
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

function writeSparse(varints: VarintWriter, counters: Counters): void {
  const { length } = counters.lower;
  let filled = 0;
  for (let bin = 0; bin < length; bin++) if (countAt(counters, bin) > 0) filled++;
  varints.write(filled);
  let before = 0;
  for (let bin = 0; bin < length; bin++) {
    const count = countAt(counters, bin);
    if (count === 0) continue;
    varints.write(bin - before);
    varints.write(count);
    before = bin;
  }
}

function readSparse(varints: VarintReader, length: number): Counters {
  const lower = new Uint8Array(length);
  const upper = new Uint32Array(length);
  let bin = 0;
  for (let left = varints.read(); left > 0; left--) {
    bin += varints.read();
    if (bin >= length) throw new RangeError('a bin lies outside of its histogram');
    const count = varints.read();
    lower[bin] = count % 256;
    upper[bin] = Math.floor(count / 256);
  }
  return { lower, upper };
}
