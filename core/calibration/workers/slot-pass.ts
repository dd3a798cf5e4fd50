import { fromPlainError } from '../../common/plain-error.ts';
import type { FineOutlines } from '../fine-histograms.ts';
import { HELD, type FileDone, type StageTimes } from '../forward-files.ts';
import type { Found, Look } from '../look.ts';
import { takeFound } from './found-file.ts';
import type { WorkerAnswer, WorkerRequest } from './messages.ts';

/** Files that a worker has at a time: those that it looks at together, one that it reads ahead, and one on the way. */
const OUTSTANDING = HELD + 2;

export interface SlotPassRequest {
  readonly look: Look;
  /** The next file; undefined where there is none. */
  readonly take: () => string | undefined;
  /** Most files that the process may have in its life. */
  readonly most: number;
  readonly onDone: (file: FileDone) => void;
  readonly onSign?: ((detail: string) => void) | undefined;
  readonly onFound?: (() => void) | undefined;
}

export interface SlotOutcome {
  readonly found: readonly Found[];
  readonly times: StageTimes;
}

/** How a pass stands when the process has no more files. */
export type SlotState =
  | { readonly kind: 'finished'; readonly outcome: SlotOutcome }
  /** `frame` ends it. */
  | { readonly kind: 'outlined'; readonly outlines: FineOutlines };

type Goal =
  | { readonly kind: 'state'; readonly reach: (state: SlotState) => void }
  | { readonly kind: 'frame'; readonly together: FineOutlines; readonly reach: (outcome: SlotOutcome) => void };

/** A pass that a process makes, and makes anew where another one takes its place. */
export class SlotPass {
  /** In the order in which the process has them, and how many of them were told about: again for none. */
  private readonly files: string[] = [];
  private done = 0;
  private told = 0;
  private more = true;
  private isFinished = false;
  private found: Found[] = [];
  private goal: Goal | undefined;
  private reject: (error: Error) => void = () => undefined;
  private failure: Error | undefined;

  constructor(
    private readonly request: SlotPassRequest,
    private readonly send: (request: WorkerRequest) => void,
  ) {}

  /** The file that the process works on. */
  get file(): string | undefined {
    return this.files.at(this.done);
  }

  /** Whether files may be left that this process does not take. */
  get mayBeMore(): boolean {
    return this.more;
  }

  /** Resolves when the process has worked on as many files as it takes. */
  run(): Promise<SlotState> {
    return new Promise((resolve, reject) => {
      this.goal = { kind: 'state', reach: resolve };
      this.reject = reject;
      this.start();
    });
  }

  /** The process's part of the histograms of which all outlines are given. */
  frame(together: FineOutlines): Promise<SlotOutcome> {
    return new Promise((resolve, reject) => {
      this.goal = { kind: 'frame', together, reach: resolve };
      this.reject = reject;
      if (this.failure === undefined) this.send({ kind: 'frame', together });
      else reject(this.failure);
    });
  }

  /** Rejects what is waited for, now or later. */
  fail(error: Error): void {
    this.failure = error;
    this.reject(error);
  }

  /** Has a fresh process do what was done so far, and go on. */
  restart(): void {
    this.done = 0;
    this.isFinished = false;
    this.found = [];
    this.start();
  }

  receive(answer: WorkerAnswer): void {
    switch (answer.kind) {
      case 'done':
        this.done++;
        if (this.done > this.told) {
          this.told = this.done;
          this.request.onDone(answer.file);
        }
        this.feed();
        break;
      case 'sign':
        this.request.onSign?.(answer.detail);
        break;
      case 'outlined':
        if (this.goal?.kind === 'state') this.goal.reach({ kind: 'outlined', outlines: answer.outlines });
        else if (this.goal?.kind === 'frame') this.send({ kind: 'frame', together: this.goal.together });
        break;
      case 'found':
        this.found.push(takeFound(answer.file));
        this.request.onFound?.();
        break;
      case 'finished': {
        const outcome = { found: this.found, times: answer.times };
        if (this.goal?.kind === 'state') this.goal.reach({ kind: 'finished', outcome });
        else this.goal?.reach(outcome);
        break;
      }
      case 'failed':
        this.fail(fromPlainError(answer.error));
        break;
    }
  }

  private start(): void {
    this.send({ kind: 'pass', look: this.request.look });
    for (const path of this.files) this.send({ kind: 'file', path });
    this.feed();
  }

  private feed(): void {
    const { files } = this;
    const { take, most } = this.request;
    while (this.more && files.length < most && files.length - this.done < OUTSTANDING) {
      const path = take();
      if (path === undefined) {
        this.more = false;
      } else {
        files.push(path);
        this.send({ kind: 'file', path });
      }
    }
    // Before the last is done: the process looks at several together, and would wait for more.
    if (!this.isFinished && (!this.more || files.length === most)) {
      this.isFinished = true;
      this.send({ kind: 'finish', isReplaced: this.more });
    }
  }
}
