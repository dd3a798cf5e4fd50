import type { LongCall } from '../common/progress.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { ForwardSession } from '../inference/session.ts';
import { chooseThresholds, type BlobCalibration } from './choose-thresholds.ts';
import { collectValues, type Pass, type StageTimes } from './collect.ts';
import { tableFormats } from './formats/index.ts';
import { noInputError } from './guards.ts';
import {
  onlyInputOf,
  planCalibration,
  plannedRegions,
  type CalibrationChoices,
  type CalibrationPlan,
} from './plan-calibration.ts';
import type { SkippedFile } from './samples.ts';
import type { ScaleTable } from './table.ts';
import type { CalibrationTarget } from './target.ts';

/** What values are counted of. */
export interface CountRequest extends LongCall {
  readonly target: CalibrationTarget;
  /** Pictures or .npy tensors, as `listImages` returns them. */
  readonly inputs: readonly string[];
  /** How pictures become inputs; may be absent for .npy tensors. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Opens a session that returns these blobs; closed when calibration ends. */
  readonly createSession: (outputs: readonly string[]) => Promise<ForwardSession>;
}

export interface TargetRequest extends CountRequest, CalibrationChoices {
  /** 2 (as the original tools, to the same thresholds) where absent; 1 takes half the time. */
  readonly passes?: 1 | 2 | undefined;
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

/**
 * Calibrates: forward passes over all inputs (`collectValues` says how), a threshold per blob, and the table of the
 * format asked for. Memory does not grow with the number of inputs.
 *
 * Errors: `calibration.*`, those of the session and of .npy files; an AbortError as soon as `signal` fires.
 */
export async function calibrateTarget(request: TargetRequest): Promise<CalibrationResult> {
  const plan = planCalibration(request.target, request);
  const { counted } = tableFormats[plan.format].methods[plan.methodName];
  const values = await withPass(plan, request, (pass) => collectValues(pass, counted, request.passes ?? 2));
  const { used, skipped, times } = values;
  const { duration, ...chosen } = chooseThresholds(plan, values, request.signal);
  return { ...chosen, skipped, used, times: { ...times, threshold: duration } };
}

/** Gives `count` all that a pass over the inputs needs, for what the plan looks at. Error: `calibration.no-input`. */
export async function withPass<T>(
  plan: CalibrationPlan,
  request: CountRequest,
  count: (pass: Pass) => Promise<T>,
): Promise<T> {
  const { target, inputs, preprocessing, signal, onProgress } = request;
  const input = onlyInputOf(target);
  if (inputs.length === 0) throw noInputError([]);
  const blobs = [...new Set(plan.lines.map(({ blob }) => blob))];
  const computed = blobs.filter((blob) => blob !== input.blob || isOverwritten(target, blob));
  const session = computed.length === 0 ? undefined : await request.createSession(computed);
  try {
    return await count({
      paths: inputs,
      preprocessing,
      input,
      session,
      regions: plannedRegions(plan),
      signal,
      onProgress,
    });
  } finally {
    await session?.close();
  }
}

/** Whether some layer writes the input blob, so that it is another one after the forward pass. */
function isOverwritten(target: CalibrationTarget, blob: string): boolean {
  return target.layers.some(({ tops }) => tops.includes(blob));
}
