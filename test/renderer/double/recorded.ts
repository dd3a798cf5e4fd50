import type { CallResult } from '../../../electron/shared/ipc-schema.ts';
import type { Png } from '../../../electron/shared/schemas/basics.ts';
import type { Preview } from '../../../electron/shared/schemas/network.ts';
import type { HistogramView, ReportView } from '../../../electron/shared/schemas/results.ts';
import type { ProjectView, StageName, StageView } from '../../../electron/shared/schemas/stages.ts';
import sample from '../fixtures/sample.json' with { type: 'json' };

/** What the engine answered for the bundled sample: see fixtures/record.ts. */
export interface Recorded {
  /** Before any stage ran, and after all did. */
  readonly before: ProjectView;
  readonly after: ProjectView;
  readonly running: Readonly<Partial<Record<StageName, StageView>>>;
  readonly logs: Readonly<Partial<Record<StageName, CallResult<'stages.log'>>>>;
  readonly network: NonNullable<CallResult<'network.get'>>;
  readonly images: CallResult<'images.list'>;
  readonly thumbnails: readonly Png[];
  readonly preprocessing: CallResult<'preprocessing.get'>;
  readonly previews: readonly Preview[];
  readonly evidence: CallResult<'preprocessing.evidence'>;
  readonly devices: CallResult<'devices.list'>;
  readonly calibration: CallResult<'calibration.get'>;
  readonly histograms: readonly HistogramView[];
  readonly accuracy: CallResult<'accuracy.get'>;
  readonly tuning: CallResult<'tuning.get'>;
  readonly boards: CallResult<'boards.list'>;
  readonly build: CallResult<'build.get'>;
  /** Of the same network for an accelerator. */
  readonly fpgaBuild: CallResult<'build.get'>;
  readonly board: CallResult<'board.get'>;
  readonly reports: CallResult<'reports.list'>;
  readonly reportViews: readonly ReportView[];
  readonly comparison: CallResult<'reports.compare'>;
}

/** The recording, its pictures turned back into bytes. */
export function recorded(): Recorded {
  return revived(sample) as Recorded;
}

function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  if ('base64' in value && typeof value.base64 === 'string') {
    return Uint8Array.from(atob(value.base64), (character) => character.charCodeAt(0));
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revived(each)]));
}
