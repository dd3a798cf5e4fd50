import { CortadoError } from '../../common/errors.ts';
import { fromPlainError } from '../../common/plain-error.ts';
import type { WorkerLauncher, WorkerProcess } from '../../common/worker-process.ts';
import { HELD, type FileDone, type StageTimes } from '../forward-files.ts';
import type { Found, Look } from '../look.ts';
import { takeFound } from './found-file.ts';
import type { WorkerAnswer, WorkerRequest, WorkerSetup } from './messages.ts';

/** Files that a worker has at a time: those that it looks at together, one that it reads ahead, and one on the way. */
const OUTSTANDING = HELD + 2;

export interface SlotPass {
  readonly look: Look;
  /** The next file; undefined where there is none. */
  readonly take: () => string | undefined;
  /** Most files that the process may have in its life. */
  readonly most: number;
  readonly onDone: (file: FileDone) => void;
}

export interface SlotOutcome {
  readonly found: readonly Found[];
  readonly times: StageTimes;
  /** Whether files may be left. */
  readonly more: boolean;
}

/** A place for one worker process at a time: it is started when it is needed, and once more where it dies. */
export class Slot {
  peakBytes = 0;
  /** What happened to it, for the user. */
  readonly notes: string[] = [];
  private worker: WorkerProcess | undefined;
  private hasDied = false;
  private receive: (answer: WorkerAnswer) => void = () => undefined;
  private died: (how: string) => void = () => undefined;

  constructor(
    private readonly launch: WorkerLauncher,
    private readonly setup: WorkerSetup,
  ) {
    // While others prepare, it loads.
    this.start();
  }

  /** Has the process make a pass over as many files as it takes. Error: `calibration.worker`, or the process's own. */
  pass({ look, take, most, onDone }: SlotPass): Promise<SlotOutcome> {
    /** In the order in which the process has them, and how many of them were told about: again for none. */
    const files: string[] = [];
    let done = 0;
    let told = 0;
    let more = true;
    let isFinished = false;
    let found: Found[] = [];
    const feed = (): void => {
      while (more && files.length < most && files.length - done < OUTSTANDING) {
        const path = take();
        if (path === undefined) {
          more = false;
        } else {
          files.push(path);
          this.send({ kind: 'file', path });
        }
      }
      // Before the last is done: the process looks at several together, and would wait for more.
      if (!isFinished && (!more || files.length === most)) {
        isFinished = true;
        this.send({ kind: 'finish' });
      }
    };
    return new Promise((resolve, reject) => {
      this.receive = (answer) => {
        if (answer.kind === 'done') {
          done++;
          if (done > told) {
            told = done;
            onDone(answer.file);
          }
          feed();
        } else if (answer.kind === 'found') {
          found.push(takeFound(answer.file));
        } else if (answer.kind === 'finished') {
          this.peakBytes = Math.max(this.peakBytes, answer.peakBytes);
          resolve({ found, times: answer.times, more });
        } else if (answer.kind === 'failed') {
          reject(fromPlainError(answer.error));
        }
      };
      this.died = (how) => {
        if (this.hasDied) {
          reject(diedTwice(how, files.at(done)));
          return;
        }
        this.hasDied = true;
        this.notes.push(`The process that worked on ${files.at(done) ?? 'no file yet'} ${how}; another one did it.`);
        done = 0;
        isFinished = false;
        found = [];
        this.start();
        this.send({ kind: 'pass', look });
        for (const path of files) this.send({ kind: 'file', path });
        feed();
      };
      if (this.worker === undefined) this.start();
      this.send({ kind: 'pass', look });
      feed();
    });
  }

  /** Ends the process at once; the next pass has a fresh one. */
  end(): void {
    const { worker } = this;
    this.worker = undefined;
    worker?.kill();
  }

  private start(): void {
    const worker = this.launch({
      message: (message) => {
        if (this.worker === worker) this.receive(message as WorkerAnswer);
      },
      exit: (how) => {
        if (this.worker !== worker) return;
        this.worker = undefined;
        this.died(how);
      },
    });
    this.worker = worker;
    this.send({ kind: 'setup', setup: this.setup });
  }

  private send(request: WorkerRequest): void {
    this.worker?.send(request);
  }
}

function diedTwice(how: string, file: string | undefined): CortadoError {
  return new CortadoError(
    'calibration.worker',
    `The process that calibrates died a second time: it ${how}.`,
    file === undefined
      ? 'Close other programs if memory is short, and leave --gpu out if it was given.'
      : 'Take this file out, close other programs if memory is short, and leave --gpu out if it was given.',
    { location: file === undefined ? {} : { file } },
  );
}
