import { CortadoError } from '../common/errors.ts';
import type { LongCall } from '../common/progress.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { ForwardSession } from '../inference/session.ts';
import { collectHistograms, collectRanges, type Pass } from './collect.ts';
import type { ActivationLine, Grouping, MethodName, TableFormatDefinition } from './formats/format.ts';
import { tableFormats } from './formats/index.ts';
import { emptyHistogramError, isDead, noInputError, requireLively } from './guards.ts';
import { totalCount, type Histogram } from './histogram.ts';
import type { Threshold } from './methods/method.ts';
import { absoluteMax, emptyRange } from './range.ts';
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
}

/** Below this many inputs thresholds rest on chance. */
const fewInputs = 10;

/**
 * Calibrates: two forward passes over all inputs (ranges, then histograms), a threshold per blob, and the table of the
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
  const lines = format.activationLines(target);
  if (lines.length === 0) throw nothingToCalibrate(format);
  if (request.inputs.length === 0) throw noInputError([]);

  const blobs = [...new Set(lines.map(({ blob }) => blob))];
  const computed = blobs.filter((blob) => blob !== input.blob || isOverwritten(target, blob));
  const session = computed.length === 0 ? undefined : await request.createSession(computed);
  try {
    const { preprocessing, onProgress } = request;
    const pass: Pass = { paths: request.inputs, preprocessing, input, session, blobs, signal, onProgress };
    const { ranges, readable, skipped } = await collectRanges(pass);
    if (readable.length === 0) throw noInputError(skipped);

    const notes = readable.length < fewInputs ? [fewInputsNote(readable.length)] : [];
    const lively = lines.filter((line) => {
      const range = ranges.get(line.blob) ?? emptyRange;
      if (line.needed) requireLively(line, range, line.blob === input.blob);
      if (!isDead(range)) return true;
      notes.push(`The blob ${line.blob} was 0 on every input and no layer computes with it: it has no line.`);
      return false;
    });
    const histograms = await collectHistograms({ ...pass, paths: readable }, ranges, method.count);

    const thresholds = new Map<string, Threshold>();
    const layers = lively.map((line): BlobCalibration => {
      signal?.throwIfAborted();
      const histogram = histograms.get(line.blob);
      if (histogram === undefined || method.isEmpty(histogram)) throw emptyHistogramError(line, method.description);
      const threshold = thresholds.get(line.blob) ?? method.choose(histogram);
      thresholds.set(line.blob, threshold);
      return blobCalibration(line, histogram, threshold, absoluteMax(ranges.get(line.blob) ?? emptyRange));
    });
    const table: ScaleTable = {
      format: format.name,
      weights: weightLines(format, target, group, notes),
      activationKey: format.activationKey,
      activations: new Map(layers.map(({ key, scale }) => [key, [scale]])),
    };
    return { table, layers, skipped, used: readable.length, notes, method: method.description };
  } finally {
    await session?.close();
  }
}

function blobCalibration(
  { key, layer, blob }: ActivationLine,
  histogram: Histogram,
  threshold: Threshold,
  max: number,
): BlobCalibration {
  const total = totalCount(histogram);
  const firstClipped = Math.ceil((threshold.threshold / max) * histogram.counts.length);
  const clipped = histogram.counts.subarray(firstClipped).reduce((sum, count) => sum + count, 0);
  return { key, layer, blob, max, histogram, clippedShare: total === 0 ? 0 : clipped / total, ...threshold };
}

function weightLines(
  format: TableFormatDefinition,
  target: CalibrationTarget,
  group: Grouping,
  notes: string[],
): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, readonly number[]>();
  for (const { name, type, weights } of format.weightLayers(target)) {
    const scales = format.weightScales(weights, type, group);
    const dead = scales.filter((scale) => scale === 0).length;
    if (dead > 0) {
      notes.push(`${dead} of ${scales.length} weight scales of ${name} are 0: the weights there are (nearly) all 0.`);
    }
    lines.set(name, scales);
  }
  return lines;
}

function requireGroup(format: TableFormatDefinition, wanted: Grouping | undefined): Grouping {
  if (wanted === 1 && !format.canGroup) {
    throw new CortadoError(
      'calibration.group',
      `The format ${format.name} has one weight scale per layer.`,
      'Leave --group out, or choose --format ncnn or dev-weight.',
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
