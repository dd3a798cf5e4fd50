import type { Progress } from '../../core/common/progress.ts';
import { errorText } from '../../core/common/errors.ts';
import type { StageName, StageView } from '../shared/schemas/stages.ts';
import { toWireError } from '../shared/wire-error.ts';
import { StageLog } from './stage-log.ts';
import { Throttle } from './throttle.ts';

/** Often enough to look alive, seldom enough to cost little: without a GPU the processor draws the window, too. */
const INTERVAL_MS = 200;

/** What a running stage tells through. */
export interface StageReporter {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly warn: (text: string) => void;
  readonly log: (text: string) => void;
  readonly part: (part: StageView['parts'][number]) => void;
}

export interface StageListener {
  onView(view: StageView): void;
  onLog(stage: StageName, lines: ReturnType<StageLog['lines']>): void;
}

/** The state of one stage, from `queued` to its end. */
export class StageRunner {
  readonly log: StageLog;
  private view: StageView;
  private startedAt = 0;
  private abort: AbortController | undefined;
  private readonly throttle: Throttle;

  constructor(
    readonly name: StageName,
    private readonly listener: StageListener,
  ) {
    this.view = idle(name, 0);
    this.throttle = new Throttle(INTERVAL_MS, () => {
      listener.onView(this.current());
    });
    this.log = new StageLog((lines) => {
      listener.onLog(name, lines);
    });
  }

  /** The state as it is now. */
  current(): StageView {
    if (this.view.status !== 'running') return this.view;
    return { ...this.view, elapsedSeconds: (performance.now() - this.startedAt) / 1000 };
  }

  get isActive(): boolean {
    return this.view.status === 'queued' || this.view.status === 'running';
  }

  /** The stage waits for its turn. Returns what will end it early. */
  queue(): AbortSignal {
    this.abort = new AbortController();
    this.log.clear();
    this.set({ ...idle(this.name, this.view.run + 1), status: 'queued' });
    return this.abort.signal;
  }

  /** Shows as cancelled at once, whatever the work is still busy with. */
  cancel(): void {
    if (!this.isActive) return;
    this.log.add('cancelled');
    this.end({ status: 'cancelled', secondsLeft: null });
    this.abort?.abort();
  }

  /** Ends the work without saying so. */
  stop(): void {
    this.abort?.abort();
  }

  /** Runs the work. Returns whether it ended well; never rejects. */
  async run(work: (reporter: StageReporter) => Promise<void>): Promise<boolean> {
    const { abort } = this;
    if (abort === undefined || this.view.status !== 'queued') return false;
    this.startedAt = performance.now();
    this.set({ ...this.view, status: 'running' });
    this.log.add('started');
    try {
      await work(this.reporter(abort.signal));
      if (abort.signal.aborted) return false;
      this.log.add('done');
      this.end({ status: this.view.warnings.length > 0 ? 'warning' : 'done', secondsLeft: 0 });
      return true;
    } catch (error) {
      if (abort.signal.aborted) return false;
      this.log.add(`failed: ${errorText(error)}`);
      this.end({ status: 'failed', secondsLeft: null, error: toWireError(error) });
      return false;
    }
  }

  /** Nothing of a stage that was cancelled is told any more: the next run may have begun. */
  private reporter(signal: AbortSignal): StageReporter {
    const unlessCancelled = (tell: () => void): void => {
      if (!signal.aborted) tell();
    };
    return {
      signal,
      onProgress: ({ stage, done, total, unit, secondsLeft, detail }) => {
        unlessCancelled(() => {
          if (stage !== this.view.activity) this.log.add(stage);
          const progress = { activity: stage, done, total, unit, detail: detail ?? '' };
          this.view = { ...this.view, ...progress, secondsLeft: secondsLeft ?? null };
          this.throttle.request();
        });
      },
      warn: (text) => {
        unlessCancelled(() => {
          this.log.add(`warning: ${text}`);
          this.set({ ...this.view, warnings: [...this.view.warnings, text] });
        });
      },
      log: (text) => {
        unlessCancelled(() => {
          this.log.add(text);
        });
      },
      part: (part) => {
        unlessCancelled(() => {
          this.log.add(`${part.name}: ${part.status}${part.detail === null ? '' : ` (${part.detail})`}`);
          const known = this.view.parts.some(({ name }) => name === part.name);
          const parts = this.view.parts.map((other) => (other.name === part.name ? part : other));
          this.set({ ...this.view, parts: known ? parts : [...parts, part] });
        });
      },
    };
  }

  private end(change: Partial<StageView>): void {
    const { elapsedSeconds } = this.current();
    this.set({ ...this.view, elapsedSeconds, ...change });
    this.log.flush();
  }

  private set(view: StageView): void {
    this.view = view;
    this.throttle.cancel();
    this.listener.onView(this.current());
  }
}

function idle(stage: StageName, run: number): StageView {
  return {
    stage,
    status: 'idle',
    run,
    elapsedSeconds: 0,
    secondsLeft: null,
    activity: '',
    done: 0,
    total: 0,
    unit: '',
    detail: '',
    parts: [],
    warnings: [],
    error: null,
  };
}
