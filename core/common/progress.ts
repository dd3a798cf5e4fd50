/** What a long stage tells while it runs. */
export interface Progress {
  /** What is being done, for a person: `calibrating`. */
  readonly stage: string;
  readonly done: number;
  /** 0 where the total is not known. */
  readonly total: number;
  readonly unit: string;
  /** Seconds to go; absent until it can be told. */
  readonly secondsLeft?: number;
  readonly detail?: string;
}

export type ProgressListener = (progress: Progress) => void;

/** What every long call takes. */
export interface LongCall {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** Turns counts into Progress with an estimate of the time to go. */
export class ProgressMeter {
  private readonly startedAt = performance.now();

  constructor(
    private readonly stage: string,
    private readonly total: number,
    private readonly unit: string,
    private readonly listener: ProgressListener | undefined,
  ) {}

  report(done: number, detail?: string): void {
    if (this.listener === undefined) return;
    const elapsed = (performance.now() - this.startedAt) / 1000;
    const timed = done > 0 && this.total > 0 ? { secondsLeft: (elapsed / done) * (this.total - done) } : {};
    this.listener({
      stage: this.stage,
      done,
      total: this.total,
      unit: this.unit,
      ...timed,
      ...(detail === undefined ? {} : { detail }),
    });
  }
}
