import { setImmediate } from 'node:timers/promises';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { CollectedValues } from './collect.ts';
import type { ActivationLine } from './formats/format.ts';
import { tableFormats } from './formats/index.ts';
import { emptyHistogramError, isDead, noInputError, requireLively, tooFewInputsError } from './guards.ts';
import { binCount, emptyHistogram, totalCount, type Histogram } from './histogram.ts';
import type { Threshold } from './methods/method.ts';
import type { CalibrationPlan } from './plan-calibration.ts';
import { emptyRange, mergeRanges, type BlobRange } from './range.ts';
import { regionId } from './region.ts';
import type { ScaleTable } from './table.ts';

/** What was found for one line of activation scales. */
export interface BlobCalibration extends Threshold {
  /** The table's key: a layer or a blob. */
  readonly key: string;
  /** The layer that reads the blob in int8, or that made it where none does. */
  readonly layer: string;
  readonly blob: string;
  /** Which group of the blob's channels; 0 where the line has one scale. */
  readonly part: number;
  /** The largest magnitude that was seen. */
  readonly max: number;
  /** Share of the counted values that lie above the threshold and will saturate. */
  readonly clippedShare: number;
  readonly histogram: Histogram;
}

export interface ChosenThresholds {
  readonly table: ScaleTable;
  readonly layers: readonly BlobCalibration[];
  /** What the user should know, one sentence each. */
  readonly notes: readonly string[];
  /** The method's name and origin. */
  readonly method: string;
  /** Milliseconds that choosing took. */
  readonly duration: number;
}

/** What was counted, without how long it took. */
export type CountedInputs = Omit<CollectedValues, 'times'>;

/** Below this many inputs thresholds rest on chance. */
const fewInputs = 10;
/** No method that suits a network cuts off more than some percent of a blob's values. */
const muchClipping = 0.1;

/**
 * A threshold per line from what was counted, and the table of the plan's format.
 * Errors: `calibration.no-input`, `.too-few`, `.all-zero`, `.constant`, `.empty-histogram`; an AbortError.
 */
export async function chooseThresholds(
  plan: CalibrationPlan,
  counted: CountedInputs,
  { signal, onProgress }: LongCall = {},
): Promise<ChosenThresholds> {
  const format = tableFormats[plan.format];
  const method = format.methods[plan.methodName];
  const { used, sampleCount, skipped } = counted;
  if (used === 0) throw noInputError(skipped);
  if (skipped.length > used) throw tooFewInputsError(used, skipped);

  const notes = used < fewInputs ? [fewInputsNote(used)] : [];
  const rangeAt = (line: ActivationLine, part: number): BlobRange =>
    counted.regions.get(regionId(line.blob, part, line.parts))?.range ?? emptyRange;
  const lively = plan.lines.filter((line) => {
    const range = Array.from({ length: line.parts }, (_, part) => rangeAt(line, part)).reduce(mergeRanges);
    if (line.needed) requireLively(line, range, line.blob === plan.inputBlob);
    if (!isDead(range)) return true;
    notes.push(`The blob ${line.blob} was 0 on every input and no layer computes with it: it has no line.`);
    return false;
  });
  const startedAt = performance.now();
  const valuesPerInput = (line: ActivationLine, part: number): number => rangeAt(line, part).count / sampleCount;
  const thresholds = new Map<string, Threshold>();
  const calibrated = (line: ActivationLine, part: number): BlobCalibration => {
    signal?.throwIfAborted();
    const id = regionId(line.blob, part, line.parts);
    const histogram = counted.regions.get(id)?.histogram ?? emptyHistogram(0);
    const isDeadPart = histogram.max < (line.dead ?? 0);
    if (isDeadPart) return deadPart(line, part, histogram);
    if (method.isEmpty(histogram)) throw emptyHistogramError(line, method.description);
    const threshold = thresholds.get(id) ?? method.choose(histogram, valuesPerInput(line, part));
    thresholds.set(id, threshold);
    return blobCalibration(line, part, histogram, threshold);
  };
  const layers: BlobCalibration[] = [];
  const meter = new ProgressMeter('choosing thresholds', lively.length, 'blobs', onProgress);
  for (const [index, line] of lively.entries()) {
    meter.report(index, line.blob);
    await setImmediate();
    for (let part = 0; part < line.parts; part++) layers.push(calibrated(line, part));
  }
  notes.push(...clippingNote(layers));
  const duration = performance.now() - startedAt;
  const table: ScaleTable = {
    format: format.name,
    weights: plan.weights,
    activationKey: format.activationKey,
    activations: activationScales(layers),
  };
  return { table, layers, notes: [...notes, ...plan.notes], method: method.description, duration };
}

/** With so many thresholds behind it a search is compiled. */
const rehearsals = 6;

/** Chooses thresholds of made-up histograms, while others still count: the search takes three times as long where it is new. */
export async function rehearse(plan: Pick<CalibrationPlan, 'format' | 'methodName'>): Promise<void> {
  const { choose } = tableFormats[plan.format].methods[plan.methodName];
  for (let i = 1; i <= rehearsals; i++) {
    const counts = Float64Array.from({ length: binCount }, (_, bin) => Math.floor(1e6 * Math.exp((-bin * i) / 500)));
    choose({ max: 1, counts }, binCount);
    await setImmediate();
  }
}

function activationScales(layers: readonly BlobCalibration[]): ReadonlyMap<string, readonly number[]> {
  const scales = new Map<string, readonly number[]>();
  for (const { key, scale } of layers) scales.set(key, [...(scales.get(key) ?? []), scale]);
  return scales;
}

/** Channels (or blobs) that are nearly all 0 have a scale of 0, which readers take for "nothing here". */
function deadPart({ key, layer, blob }: ActivationLine, part: number, histogram: Histogram): BlobCalibration {
  const { max } = histogram;
  return { key, layer, blob, part, max, histogram, clippedShare: 0, bin: 0, threshold: 0, scale: 0 };
}

function blobCalibration(
  { key, layer, blob }: ActivationLine,
  part: number,
  histogram: Histogram,
  threshold: Threshold,
): BlobCalibration {
  const { max } = histogram;
  const total = totalCount(histogram);
  const firstClipped = Math.ceil((threshold.threshold / max) * histogram.counts.length);
  const clipped = histogram.counts.subarray(firstClipped).reduce((sum, count) => sum + count, 0);
  return { key, layer, blob, part, max, histogram, clippedShare: total === 0 ? 0 : clipped / total, ...threshold };
}

/** Divergence does not care where the cut values lie: of a picture in black and white it may cut all that is white. */
function clippingNote(layers: readonly BlobCalibration[]): readonly string[] {
  const first = layers.toSorted((a, b) => b.clippedShare - a.clippedShare).at(0);
  if (first === undefined || first.clippedShare <= muchClipping) return [];
  const percent = (100 * first.clippedShare).toFixed(0);
  return [
    `The threshold of ${first.blob} cuts off ${percent} % of its values: --method minmax or --best-accuracy may suit this network better.`,
  ];
}

function fewInputsNote(count: number): string {
  return `Only ${count} input(s) were used; some hundreds of the kind that the network will see give better thresholds.`;
}
