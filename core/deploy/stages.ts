import { CortadoError, errorText } from '../common/errors.ts';
import type { Progress } from '../common/progress.ts';
import type { AgentEvent } from './agent/events.ts';

/** What a deployment does, in this order. */
export const STAGES = ['connect', 'probe', 'check', 'upload', 'verify', 'run', 'collect', 'clean up'] as const;
export type Stage = (typeof STAGES)[number];

/** `warning`: done, with something that limits the result. */
export type StageStatus = 'queued' | 'running' | 'done' | 'warning' | 'failed';

export type DeployEvent =
  | { readonly kind: 'stage'; readonly stage: Stage; readonly status: StageStatus; readonly detail?: string }
  | { readonly kind: 'progress'; readonly progress: Progress }
  /** The agent's own words, as they come. */
  | { readonly kind: 'agent'; readonly event: AgentEvent }
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'warning'; readonly text: string };

export type DeployListener = (event: DeployEvent) => void;

/** Keeps the state of every stage and tells of its changes. */
export class StageBoard {
  private current: Stage | undefined;
  private warnings: string[] = [];

  constructor(private readonly listener: DeployListener) {
    for (const stage of STAGES) listener({ kind: 'stage', stage, status: 'queued' });
  }

  /** Ends the current stage and begins the next. */
  begin(stage: Stage, detail?: string): void {
    this.finish();
    this.current = stage;
    this.tell(stage, 'running', detail);
  }

  /** Notes what limits the current stage without stopping it. */
  warn(text: string): void {
    this.warnings.push(text);
    this.listener({ kind: 'warning', text });
  }

  /** Ends the current stage well. */
  finish(): void {
    if (this.current === undefined) return;
    if (this.warnings.length > 0) this.tell(this.current, 'warning', this.warnings.join(' '));
    else this.tell(this.current, 'done');
    this.current = undefined;
    this.warnings = [];
  }

  /** Ends the current stage as failed. */
  fail(error: unknown): void {
    if (this.current === undefined) return;
    this.tell(this.current, 'failed', error instanceof CortadoError ? error.message : errorText(error));
    this.current = undefined;
    this.warnings = [];
  }

  private tell(stage: Stage, status: StageStatus, detail?: string): void {
    this.listener({ kind: 'stage', stage, status, ...(detail === undefined ? {} : { detail }) });
  }
}
