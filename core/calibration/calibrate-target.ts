import { CortadoError } from '../common/errors.ts';
import type { LongCall } from '../common/progress.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { ForwardSession } from '../inference/session.ts';
import { collectValues, type Pass, type StageTimes } from './collect.ts';
import type { ActivationLine, Grouping, TableFormatDefinition } from './formats/format.ts';
import { tableFormats } from './formats/index.ts';
import { emptyHistogramError, isDead, noInputError, requireLively, tooFewInputsError } from './guards.ts';
import { emptyHistogram, totalCount, type Histogram } from './histogram.ts';
import type { MethodName } from './methods/index.ts';
import type { Threshold, ThresholdMethod } from './methods/method.ts';
import { emptyRange, mergeRanges, type BlobRange } from './range.ts';
import { regionId, regionsOf } from './region.ts';
import type { SkippedFile } from './samples.ts';
import type { ScaleTable, TableFormat } from './table.ts';
import type { CalibrationTarget } from './target.ts';

export interface TargetRequest extends LongCall {
  readonly target: CalibrationTarget;
  /** Pictures or .npy tensors, as `listImages` returns them. */
  readonly inputs: readonly string[];
  /** How pictures become inputs; may be absent for .npy tensors. */
  readonly preprocessing?: Preprocessing | undefined;
  readonly format: TableFormat;
  /** The format's own where absent. */
  readonly method?: MethodName | undefined;
  readonly group?: Grouping | undefined;
  /** 2 (as the original tools, to the same thresholds) where absent; 1 takes half the time. */
  readonly passes?: 1 | 2 | undefined;
  /** Opens a session that returns these blobs; closed when calibration ends. */
  readonly createSession: (outputs: readonly string[]) => Promise<ForwardSession>;
}

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

export interface CalibrationResult {
  readonly table: ScaleTable;
  readonly layers: readonly BlobCalibration[];
  /** Files that could not be read. */
  readonly skipped: readonly SkippedFile[];
  /** How many files were used. */
  readonly used: number;
  /** What the user should know, one sentence each. */
  readonly notes: readonly string[];
  /** The method's name and origin. */
  readonly method: string;
  /** Milliseconds by stage; `threshold` is that of choosing thresholds. */
  readonly times: StageTimes & { readonly threshold: number };
}

/** Below this many inputs thresholds rest on chance. */
const fewInputs = 10;

/**
 * Calibrates: forward passes over all inputs (`collectValues` says how), a threshold per blob, and the table of the
 * format asked for. Memory does not grow with the number of inputs.
 *
 * Errors: `calibration.*`, those of the session and of .npy files; an AbortError as soon as `signal` fires.
 */
export async function calibrateTarget(request: TargetRequest): Promise<CalibrationResult> {
  const { target, signal } = request;
  const format = tableFormats[request.format];
  const group = requireGroup(format, request.group);
  const method = format.methods[request.method ?? format.defaultMethod];
  const input = requireOneInput(target);
  const lines = format.activationLines(target, group);
  if (lines.length === 0) throw nothingToCalibrate(format);
  if (request.inputs.length === 0) throw noInputError([]);

  const blobs = [...new Set(lines.map(({ blob }) => blob))];
  const computed = blobs.filter((blob) => blob !== input.blob || isOverwritten(target, blob));
  const session = computed.length === 0 ? undefined : await request.createSession(computed);
  try {
    const { preprocessing, onProgress } = request;
    const regions = new Map(
      lines.flatMap(({ blob, parts }) => regionsOf(blob, parts)).map((region) => [region.id, region]),
    );
    const pass: Pass = {
      paths: request.inputs,
      preprocessing,
      input,
      session,
      regions: [...regions.values()],
      signal,
      onProgress,
    };
    const collected = await collectValues(pass, method.counted, request.passes ?? 2);
    const { used, sampleCount, skipped, times } = collected;
    if (used === 0) throw noInputError(skipped);
    if (skipped.length > used) throw tooFewInputsError(used, skipped);

    const notes = used < fewInputs ? [fewInputsNote(used)] : [];
    const rangeAt = (line: ActivationLine, part: number): BlobRange =>
      collected.regions.get(regionId(line.blob, part, line.parts))?.range ?? emptyRange;
    const lively = lines.filter((line) => {
      const range = Array.from({ length: line.parts }, (_, part) => rangeAt(line, part)).reduce(mergeRanges);
      if (line.needed) requireLively(line, range, line.blob === input.blob);
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
      const histogram = collected.regions.get(id)?.histogram ?? emptyHistogram(0);
      const isDeadPart = line.parts > 1 && histogram.max < (line.dead ?? 0);
      if (isDeadPart) return deadPart(line, part, histogram);
      if (method.isEmpty(histogram)) throw emptyHistogramError(line, method.description);
      const threshold = thresholds.get(id) ?? method.choose(histogram, valuesPerInput(line, part));
      thresholds.set(id, threshold);
      return blobCalibration(line, part, histogram, threshold);
    };
    const layers = lively.flatMap((line) => Array.from({ length: line.parts }, (_, part) => calibrated(line, part)));
    const table: ScaleTable = {
      format: format.name,
      weights: weightLines(format, target, { group, method, notes }),
      activationKey: format.activationKey,
      activations: activationScales(layers),
    };
    const threshold = performance.now() - startedAt;
    return { table, layers, skipped, used, notes, method: method.description, times: { ...times, threshold } };
  } finally {
    await session?.close();
  }
}

function activationScales(layers: readonly BlobCalibration[]): ReadonlyMap<string, readonly number[]> {
  const scales = new Map<string, readonly number[]>();
  for (const { key, scale } of layers) scales.set(key, [...(scales.get(key) ?? []), scale]);
  return scales;
}

/** Channels that are (nearly) all 0 have a scale of 0, which readers take for "nothing here". */
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

function weightLines(
  format: TableFormatDefinition,
  target: CalibrationTarget,
  how: { readonly group: Grouping; readonly method: ThresholdMethod; readonly notes: string[] },
): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, readonly number[]>();
  for (const { name, type, weights } of format.weightLayers(target)) {
    const scales = format.weightScales(weights, type, how.group, how.method);
    const dead = scales.filter((scale) => scale === 0).length;
    if (dead > 0) {
      how.notes.push(
        `${dead} of ${scales.length} weight scales of ${name} are 0: the weights there are (nearly) all 0.`,
      );
    }
    lines.set(name, scales);
  }
  return lines;
}

function requireGroup(format: TableFormatDefinition, wanted: Grouping | undefined): Grouping {
  if (wanted === 1 && !format.canGroup) {
    throw new CortadoError(
      'calibration.group',
      `The format ${format.name} has no scales per channel or group.`,
      'Leave --group out, or choose --format ncnn, dev or dev-weight.',
      { location: { field: '--group' } },
    );
  }
  return wanted ?? format.defaultGroup;
}

function requireOneInput(target: CalibrationTarget): Pass['input'] {
  const inputs = [...target.inputs];
  if (inputs.length !== 1) {
    throw new CortadoError(
      'calibration.inputs',
      `The network has ${inputs.length} inputs (${inputs.map(([name]) => name).join(', ')}); calibration feeds one.`,
      'Use a prototxt with one input.',
    );
  }
  const [[blob, shape]] = inputs;
  return { blob, shape };
}

/** Whether some layer writes the input blob, so that it is another one after the forward pass. */
function isOverwritten(target: CalibrationTarget, blob: string): boolean {
  return target.layers.some(({ tops }) => tops.includes(blob));
}

function nothingToCalibrate(format: TableFormatDefinition): CortadoError {
  return new CortadoError(
    'calibration.no-layer',
    `The network has no layer that the format ${format.name} calibrates.`,
    format.name === 'ncnn' ? 'Its layers run in float: build with --precision fp32.' : 'Try --format ncnn.',
  );
}

function fewInputsNote(count: number): string {
  return `Only ${count} input(s) were used; some hundreds of the kind that the network will see give better thresholds.`;
}
