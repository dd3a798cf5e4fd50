import type { PlainError } from '../../common/plain-error.ts';
import type { Shape } from '../../common/tensor.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import type { ProbeAnswer, ProbeRequest } from '../../inference/devices/probe.ts';
import type { ForwardPlan } from '../../inference/forward-plan.ts';
import type { SessionSettings } from '../../inference/open-session.ts';
import type { FileDone, StageTimes } from '../forward-files.ts';
import type { FineOutlines } from '../fine-histograms.ts';
import type { Look } from '../look.ts';
import type { Region } from '../region.ts';

/** What a worker is told once, before its first pass. */
export interface WorkerSetup {
  /** For what the process finds (`writeFound`); whoever starts it removes it. */
  readonly folder: string;
  readonly preprocessing: Preprocessing | undefined;
  readonly input: { readonly blob: string; readonly shape: Shape };
  readonly regions: readonly Region[];
  /** Absent where no blob but the input is wanted. */
  readonly forward:
    { readonly model: string; readonly plan: ForwardPlan; readonly settings: SessionSettings } | undefined;
}

/** To a worker. Messages are worked on in their order. */
export type WorkerRequest =
  | ProbeRequest
  | { readonly kind: 'setup'; readonly setup: WorkerSetup }
  | { readonly kind: 'pass'; readonly look: Look }
  | { readonly kind: 'file'; readonly path: string }
  /**
   * No more files for this pass: tell what was found. Where that is histograms their outlines are told, and they wait for
   * `frame`; but they are told as they are where the process is to be replaced.
   */
  | { readonly kind: 'finish'; readonly isReplaced: boolean }
  /** The outlines of what all processes found: tell your part of the histograms. */
  | { readonly kind: 'frame'; readonly together: FineOutlines };

/** From a worker. */
export type WorkerAnswer =
  | ProbeAnswer
  /** What it has just done, for a person. */
  | { readonly kind: 'sign'; readonly detail: string }
  | { readonly kind: 'done'; readonly file: FileDone }
  /** The outlines of what a pass found. */
  | { readonly kind: 'outlined'; readonly outlines: FineOutlines }
  /** Some of what a pass found, in a file for `takeFound`. */
  | { readonly kind: 'found'; readonly file: string }
  /** That was all of the pass. */
  | {
      readonly kind: 'finished';
      readonly times: StageTimes;
      /** Most memory that it had at a time. */
      readonly peakBytes: number;
    }
  /** It ends after this. */
  | { readonly kind: 'failed'; readonly error: PlainError };
