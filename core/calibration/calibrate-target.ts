import type { LongCall } from '../common/progress.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { ForwardSession } from '../inference/session.ts';
import { chooseThresholds, rehearse, type BlobCalibration } from './choose-thresholds.ts';
import { collectValues, inThisProcess, type Collection, type PassRunner } from './collect.ts';
import type { ForwardWork, StageTimes } from './forward-files.ts';
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
  /** Opens what forwards the inputs and gives these blobs; closed when counting ends. */
  readonly openForward: (work: Omit<ForwardWork, 'session'>, outputs: readonly string[]) => Promise<OpenForward>;
}

/** What forwards inputs. */
export interface OpenForward {
  readonly runner: PassRunner;
  /** What executes, in words: `ONNX Runtime 1.30, CPU`. */
  readonly device: string;
  /** The other processes that do the work, if they do: what they needed at most, and what the user should know of them. */
  readonly processes?: { readonly peakBytes: number; readonly notes: readonly string[] };
  close(): Promise<void> | void;
}

/** Forwards in this process. */
export function forwardHere(
  createSession: (outputs: readonly string[]) => Promise<ForwardSession>,
  signal: AbortSignal | undefined,
): CountRequest['openForward'] {
  return async (work, outputs) => {
    const session = outputs.length === 0 ? undefined : await createSession(outputs);
    return {
      runner: inThisProcess({ ...work, session }, signal),
      device: session?.device ?? 'none',
      close: async () => {
        await session?.close();
      },
    };
  };
}

export interface TargetRequest extends CountRequest, CalibrationChoices {
  /**
   * 1: each input is read and forwarded once; 2: ranges first, as the original tools. The format's own where absent. The
   * thresholds are the same, or nearly so where values are many (`FineHistogram` has the rule).
   */
  readonly passes?: 1 | 2 | undefined;
}

export interface CalibrationResult extends Counted {
  readonly table: ScaleTable;
  readonly layers: readonly BlobCalibration[];
  /** The method's name and origin. */
  readonly method: string;
  readonly passes: 1 | 2;
  /** Milliseconds by stage; `threshold` is that of choosing thresholds. */
  readonly times: StageTimes & { readonly threshold: number };
}

/** How inputs were counted. */
export interface Counted {
  /** Files that could not be read. */
  readonly skipped: readonly SkippedFile[];
  /** How many files were used. */
  readonly used: number;
  /** What the user should know, one sentence each. */
  readonly notes: readonly string[];
  /** What executed the forward passes, in words: `ONNX Runtime 1.30, CPU`. */
  readonly device: string;
  /** Most memory of the processes that did the work, in bytes; absent where it was done in this one. */
  readonly workerBytes?: number;
}

/**
 * Calibrates: forward passes over all inputs (`collectValues` says how), a threshold per blob, and the table of the
 * format asked for. Memory does not grow with the number of inputs.
 *
 * Errors: `calibration.*`, those of the session and of .npy files; an AbortError as soon as `signal` fires.
 */
export async function calibrateTarget(request: TargetRequest): Promise<CalibrationResult> {
  const plan = planCalibration(request.target, request);
  const format = tableFormats[plan.format];
  const { counted } = format.methods[plan.methodName];
  const passes = request.passes ?? format.passes;
  const values = await withForward(plan, request, async (collection) => {
    const [collected] = await Promise.all([collectValues(collection, counted, passes), rehearse(plan)]);
    // Before the workers end: the system takes their memory back for a tenth of a second, on cores that the search needs.
    return { ...collected, choice: await chooseThresholds(plan, collected, request) };
  });
  const { used, skipped, times, device, workerBytes } = values;
  const { duration, notes, ...chosen } = values.choice;
  return {
    ...chosen,
    ...{ used, skipped, device, passes, notes: [...notes, ...values.notes] },
    ...(workerBytes === undefined ? {} : { workerBytes }),
    times: { ...times, threshold: duration },
  };
}

/** Gives `count` all that passes over the inputs need, for what the plan looks at. Error: `calibration.no-input`. */
export async function withForward<T>(
  plan: CalibrationPlan,
  request: CountRequest,
  count: (collection: Collection) => Promise<T>,
): Promise<T & Pick<Counted, 'device' | 'notes' | 'workerBytes'>> {
  const { target, inputs, preprocessing, onProgress } = request;
  const input = onlyInputOf(target);
  if (inputs.length === 0) throw noInputError([]);
  const blobs = [...new Set(plan.lines.map(({ blob }) => blob))];
  const computed = blobs.filter((blob) => blob !== input.blob || isOverwritten(target, blob));
  const regions = plannedRegions(plan);
  const forward = await request.openForward({ preprocessing, input, regions }, computed);
  try {
    const result = await count({ runner: forward.runner, paths: inputs, regions, onProgress });
    const { device, processes } = forward;
    return {
      ...result,
      ...{ device, notes: processes?.notes ?? [] },
      ...(processes === undefined ? {} : { workerBytes: processes.peakBytes }),
    };
  } finally {
    await forward.close();
  }
}

/** Whether some layer writes the input blob, so that it is another one after the forward pass. */
function isOverwritten(target: CalibrationTarget, blob: string): boolean {
  return target.layers.some(({ tops }) => tops.includes(blob));
}
