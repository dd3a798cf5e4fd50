import type { WorkerLauncher, WorkerListener } from '../../core/common/worker-process.ts';
import type { FromEngine } from '../shared/messages.ts';

/** A line to a worker, as Electron's `MessagePortMain` is one. */
export interface WorkerLine {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  start(): void;
  close(): void;
}

interface Worker {
  readonly listener: WorkerListener;
  /** What was sent before the line was there. */
  readonly waiting: unknown[];
  line?: WorkerLine;
}

/** Worker processes as main starts them: only main can. */
export class MainWorkers {
  private nextId = 1;
  private readonly workers = new Map<number, Worker>();

  constructor(private readonly send: (message: FromEngine) => void) {}

  readonly launch: WorkerLauncher = (listener) => {
    const id = this.nextId++;
    const worker: Worker = { listener, waiting: [] };
    this.workers.set(id, worker);
    this.send({ kind: 'startWorker', id });
    return {
      send: (message) => {
        if (worker.line === undefined) worker.waiting.push(message);
        else worker.line.postMessage(message);
      },
      kill: () => {
        this.send({ kind: 'endWorker', id });
      },
    };
  };

  /** The line to a worker that has started. */
  connect(id: number, line: WorkerLine): void {
    const worker = this.workers.get(id);
    if (worker === undefined) {
      line.close();
      return;
    }
    worker.line = line;
    line.on('message', ({ data }) => {
      if (this.workers.has(id)) worker.listener.message(data);
    });
    line.start();
    for (const message of worker.waiting.splice(0)) line.postMessage(message);
  }

  /** A worker has ended: with its line, so that nothing of it comes later. */
  ended(id: number, how: string): void {
    const worker = this.workers.get(id);
    this.workers.delete(id);
    worker?.line?.close();
    worker?.listener.exit(how);
  }
}
