import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { StageName, StageView } from '../../../electron/shared/schemas/stages.ts';
import type { TestApp } from './app.ts';

/** The longest time without news, and what was told at its begin. */
export interface Silence {
  readonly seconds: number;
  readonly after: string;
}

/** How a stage kept the person at the window informed, in one run of it. */
export interface SignsOfLife {
  readonly stage: StageName;
  readonly seconds: number;
  /** Between two events of the engine that told something new; its clock is nothing new. */
  readonly engine: Silence;
  /** Between two changes of what the window shows of stages. */
  readonly window: Silence;
}

/** As the page records it; `at` in milliseconds. */
type Recorded = { readonly at: number } & (
  | { readonly kind: 'stage'; readonly what: StageView }
  | { readonly kind: 'live'; readonly what: null }
  | { readonly kind: 'window'; readonly what: string }
);

/** Records, in the page, what the engine tells of stages and when the window shows something new of them, from now on. */
export async function recordSigns({ page }: TestApp): Promise<void> {
  await page.evaluate(`{${await readFile(new URL('record-signs.js', import.meta.url), 'utf8')}}`);
}

/** Of every stage that has ended since `recordSigns`, in their order. */
export async function recordedSigns({ page }: TestApp): Promise<readonly SignsOfLife[]> {
  const all = await page.evaluate(() => (globalThis as unknown as { recorded: Recorded[] }).recorded);
  const signs: SignsOfLife[] = [];
  let run: Run | undefined;
  for (const event of all) {
    if (event.kind === 'stage') {
      const { stage, status } = event.what;
      if (status === 'running' && run?.stage !== stage) run = new Run(stage, event.at);
      if (run?.stage !== stage) continue;
      run.hear(event);
      if (status === 'running') continue;
      signs.push(run.signs(event.at));
      run = undefined;
    } else {
      run?.hear(event);
    }
  }
  return signs;
}

/** Waits until a stage that was started after `recordSigns` has ended. */
export async function stageEnded({ page }: TestApp, stage: StageName, mostMs: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const { recorded } = globalThis as unknown as { recorded: Recorded[] };
      const last = recorded.findLast(({ kind }) => kind === 'stage')?.what as StageView | undefined;
      return last?.stage === wanted && last.status !== 'queued' && last.status !== 'running';
    },
    stage,
    { timeout: mostMs, polling: 500 },
  );
}

class Run {
  private readonly engine: Watch;
  private readonly window: Watch;
  private told = '';

  constructor(
    readonly stage: StageName,
    private readonly begun: number,
  ) {
    this.engine = new Watch(begun);
    this.window = new Watch(begun);
  }

  hear({ at, kind, what }: Recorded): void {
    if (kind === 'window') {
      this.window.hear(at, what);
    } else if (kind === 'live') {
      this.engine.hear(at, 'live figures');
    } else {
      const told = JSON.stringify({ ...what, elapsedSeconds: 0, secondsLeft: 0 });
      if (told !== this.told) this.engine.hear(at, activityOf(what));
      this.told = told;
    }
  }

  signs(end: number): SignsOfLife {
    this.window.hear(end, '');
    const { stage, begun, engine, window } = this;
    return { stage, seconds: (end - begun) / 1000, engine: engine.longest, window: window.longest };
  }
}

/** Takes the times of news and keeps the longest between two of them. */
class Watch {
  longest: Silence = { seconds: 0, after: '' };
  private last = '';

  constructor(private since: number) {}

  hear(at: number, what: string): void {
    const seconds = (at - this.since) / 1000;
    if (seconds > this.longest.seconds) this.longest = { seconds, after: this.last };
    this.since = at;
    this.last = what;
  }
}

function activityOf({ parts, activity, done, total, detail }: StageView): string {
  const part = parts.findLast(({ status }) => status === 'running')?.name;
  const counts = total > 0 ? [`${done}/${total}`] : [];
  return [...(part === undefined ? [] : [`${part}:`]), activity, ...counts, basename(detail)].join(' ').trim();
}
