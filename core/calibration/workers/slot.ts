import { CortadoError } from '../../common/errors.ts';
import type { WorkerLauncher, WorkerProcess } from '../../common/worker-process.ts';
import type { WorkerAnswer, WorkerRequest, WorkerSetup } from './messages.ts';
import { SlotPass, type SlotPassRequest } from './slot-pass.ts';

/** A place for one worker process at a time: it is started when it is needed, and once more where it dies. */
export class Slot {
  peakBytes = 0;
  /** What happened to it, for the user. */
  readonly notes: string[] = [];
  private worker: WorkerProcess | undefined;
  private hasDied = false;
  private current: SlotPass | undefined;

  constructor(
    private readonly launch: WorkerLauncher,
    private readonly setup: WorkerSetup,
  ) {
    // While others prepare, it loads.
    this.start();
  }

  /** A pass of this place's process. Its errors: `calibration.worker`, or the process's own. */
  pass(request: SlotPassRequest): SlotPass {
    if (this.worker === undefined) this.start();
    return (this.current = new SlotPass(request, (message) => {
      this.send(message);
    }));
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

  private receive(answer: WorkerAnswer): void {
    if (answer.kind === 'finished') this.peakBytes = Math.max(this.peakBytes, answer.peakBytes);
    this.current?.receive(answer);
  }

  private died(how: string): void {
    const { current } = this;
    if (current === undefined) return;
    if (this.hasDied) {
      current.fail(diedTwice(how, current.file));
      return;
    }
    this.hasDied = true;
    this.notes.push(`The process that worked on ${current.file ?? 'no file yet'} ${how}; another one did it.`);
    this.start();
    current.restart();
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
