import { Throttle } from './throttle.ts';

export interface LogLine {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly text: string;
}

/** Enough to explain a failure, little enough to copy. */
const MOST_LINES = 2000;
const INTERVAL_MS = 200;

/** What a stage did, line by line, for "copy details". New lines are told in bunches. */
export class StageLog {
  private all: LogLine[] = [];
  private fresh: LogLine[] = [];
  private readonly throttle: Throttle;

  constructor(private readonly onLines: (lines: LogLine[]) => void) {
    this.throttle = new Throttle(INTERVAL_MS, () => {
      this.tell();
    });
  }

  add(text: string): void {
    const line = { at: new Date().toISOString(), text };
    this.all.push(line);
    if (this.all.length > MOST_LINES) this.all.shift();
    this.fresh.push(line);
    this.throttle.request();
  }

  lines(): LogLine[] {
    return [...this.all];
  }

  clear(): void {
    this.all = [];
  }

  /** Tells what has not been told yet. */
  flush(): void {
    this.throttle.cancel();
    this.tell();
  }

  private tell(): void {
    if (this.fresh.length === 0) return;
    this.onLines(this.fresh);
    this.fresh = [];
  }
}
